/** Tasks and approvals that wait: mine or everybody's, what is due first; each is answered here. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Work } from '../../../server/api/contract/work.ts';
import { workQuery } from '../../api/work-queries.ts';
import { Choice } from '../../parts/choice.tsx';
import { Page } from '../../parts/page.tsx';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { SubjectLink } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Answers } from './answers.tsx';

const route = getRouteApi('/tasks');

export default function TasksScreen(): ReactNode {
  const { work } = useTexts();
  const choice = route.useSearch();
  const query = useInfiniteQuery({ ...workQuery(choice), refetchInterval: 15_000 });
  return (
    <Page title={work.title}>
      <Choices />
      <div className="panel">
        <Pages query={query} empty={<Empty title={work.none} detail={work.noneDetail} />}>
          {(items: Work[]) => <List items={items} />}
        </Pages>
      </div>
    </Page>
  );
}

function Choices(): ReactNode {
  const { work } = useTexts();
  const choice = route.useSearch();
  const navigate = route.useNavigate();
  const kinds = ['task', 'approval'] as const;
  const dues = ['overdue', 'today'] as const;
  return (
    <div className="filters">
      <select
        className="field"
        aria-label={work.whose}
        value={choice.person ?? ''}
        onChange={({ target }) =>
          void navigate({ search: { ...choice, person: target.value === 'me' ? 'me' : undefined } })
        }
      >
        <option value="">{work.persons.everybody}</option>
        <option value="me">{work.persons.me}</option>
      </select>
      <select
        className="field"
        aria-label={work.kindLabel}
        value={choice.kind ?? ''}
        onChange={({ target }) =>
          void navigate({ search: { ...choice, kind: kinds.find((it) => it === target.value) } })
        }
      >
        <option value="">{work.anyKind}</option>
        {kinds.map((it) => (
          <option key={it} value={it}>
            {work.kindsMany[it]}
          </option>
        ))}
      </select>
      <select
        className="field"
        aria-label={work.dueLabel}
        value={choice.due ?? ''}
        onChange={({ target }) => void navigate({ search: { ...choice, due: dues.find((it) => it === target.value) } })}
      >
        <option value="">{work.dues.all}</option>
        {dues.map((it) => (
          <option key={it} value={it}>
            {work.dues[it]}
          </option>
        ))}
      </select>
      <Choice
        label={work.putOff}
        value={choice.snoozed}
        options={[{ value: 'yes', words: work.putOffs.yes }]}
        all={work.putOffs.no}
        onChoose={(snoozed) => void navigate({ search: { ...choice, snoozed } })}
      />
    </div>
  );
}

function List({ items }: { items: readonly Work[] }): ReactNode {
  const { work, playbooks } = useTexts();
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{work.what}</th>
          <th scope="col">{work.about}</th>
          <th scope="col">{work.who}</th>
          <th scope="col">{work.due}</th>
          <th scope="col">{playbooks.name}</th>
          <th scope="col">{work.answer}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={`${one.kind}/${one.id}`}>
            <th scope="row" className="any">
              {one.title} {one.kind === 'approval' && <span className="badge info">{work.kinds.approval}</span>}
            </th>
            <td data-label={work.about}>
              <SubjectLink subject={one.subject} isLine />
            </td>
            <td data-label={work.who} className="any">
              {one.persons.map(({ id, name }) => name ?? id).join(', ')}
            </td>
            <td data-label={work.due}>
              {one.due === null ? <span className="soft">{work.no}</span> : <When at={one.due} />}{' '}
              {one.isOverdue && <span className="badge bad">{work.overdue}</span>}
              {one.snoozedUntil !== null && (
                <div className="soft small">
                  {work.until} <When at={one.snoozedUntil} />
                </div>
              )}
            </td>
            <td data-label={playbooks.name}>
              <Link to="/playbooks/$playbook" params={{ playbook: one.playbook }}>
                {one.playbook}
              </Link>
            </td>
            <td data-label={work.answer} className="whole">
              <Answers one={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
