/** Contacts, accounts, deals and tickets, found by the beginning of an address, a name or an id. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useState } from 'react';
import type { Person } from '../../../server/api/contract/people.ts';
import { type RecordKind, searchQuery } from '../../api/people-queries.ts';
import { Page } from '../../parts/page.tsx';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { SubjectLink } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const route = getRouteApi('/people');
export const KINDS: readonly RecordKind[] = ['contact', 'account', 'deal', 'ticket'];

/** What was typed last, for whoever comes back: not in the address, which others keep. */
let lastTyped = '';

export default function PeopleScreen(): ReactNode {
  const { people } = useTexts();
  const { type = 'contact' } = route.useSearch();
  const [typed, setTyped] = useState(lastTyped);
  const q = useDeferredValue(typed.trim());
  const query = useInfiniteQuery(searchQuery(type, q));
  return (
    <Page
      title={people.title}
      actions={
        <input
          className="field wide"
          type="search"
          data-search=""
          aria-label={people.search}
          placeholder={people.search}
          maxLength={200}
          value={typed}
          onChange={({ target }) => {
            lastTyped = target.value;
            setTyped(target.value);
          }}
        />
      }
    >
      <nav className="tabs" aria-label={people.type}>
        {KINDS.map((kind) => (
          <Link
            key={kind}
            to="/people"
            search={kind === 'contact' ? {} : { type: kind }}
            aria-current={kind === type ? 'page' : undefined}
            activeOptions={{ exact: true }}
          >
            {people.types[kind]}
          </Link>
        ))}
      </nav>
      <div className="panel">
        <Pages
          query={query}
          empty={
            q === '' ? (
              <Empty title={people.nobody} detail={people.nobodyDetail} />
            ) : (
              <Empty title={people.none} detail={people.noneDetail} />
            )
          }
        >
          {(items) => <List items={items} />}
        </Pages>
      </div>
    </Page>
  );
}

function List({ items }: { items: readonly Person[] }): ReactNode {
  const { people } = useTexts();
  const hasEmail = items.some(({ email }) => email !== null);
  const hasStatus = items.some(({ status }) => status !== null);
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{people.name}</th>
          {hasEmail && <th scope="col">{people.email}</th>}
          {hasStatus && <th scope="col">{people.status}</th>}
          <th scope="col">{people.since}</th>
          <th scope="col">{people.changed}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <SubjectLink subject={one} isLine />
              {one.name !== null && <div className="soft small any">{one.id}</div>}
            </th>
            {hasEmail && (
              <td data-label={people.email} className="any whole">
                {one.email}
              </td>
            )}
            {hasStatus && <td data-label={people.status}>{one.status}</td>}
            <td data-label={people.since}>
              <When at={one.createdAt} />
            </td>
            <td data-label={people.changed}>
              <When at={one.updatedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
