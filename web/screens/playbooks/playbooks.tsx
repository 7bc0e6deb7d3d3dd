/** Every playbook with what it has come to. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { PlaybookSummary } from '../../../server/api/contract/playbooks.ts';
import { draftsQuery } from '../../api/edit-queries.ts';
import { playbooksQuery, sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { Page } from '../../parts/page.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Begin } from '../edit/begin.tsx';

const TONES = { active: 'good', paused: 'warn', halted: 'bad', gone: '' } as const;

export default function PlaybooksScreen(): ReactNode {
  const { playbooks } = useTexts();
  const session = useQuery(sessionQuery);
  const isAuthor = mayDo(session.data, 'author');
  const query = useQuery({ ...playbooksQuery, refetchInterval: 10_000 });
  const [filter, setFilter] = useState('');
  return (
    <Page
      title={playbooks.title}
      actions={
        <>
          <input
            className="field"
            type="search"
            data-search=""
            aria-label={playbooks.filter}
            placeholder={playbooks.filter}
            value={filter}
            onChange={({ target }) => setFilter(target.value)}
          />
          {isAuthor && <Begin />}
        </>
      }
    >
      {isAuthor && <Drafts />}
      <div className="panel">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={playbooks.none} detail={playbooks.noneDetail} />
            ) : (
              <List
                items={items.filter((item) => item.playbook.includes(filter.trim().toLowerCase()))}
                isAuthor={isAuthor}
              />
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}

/** What somebody has begun to write, and nothing runs yet. */
function Drafts(): ReactNode {
  const { edit } = useTexts();
  const query = useQuery({ ...draftsQuery, refetchInterval: 30_000 });
  const items = query.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <p className="soft any">
      {edit.drafts}:{' '}
      {items.map(({ playbook, by }, n) => (
        <span key={playbook}>
          {n > 0 && ', '}
          <Link to="/playbooks/$playbook/edit" params={{ playbook }}>
            {playbook}
          </Link>{' '}
          {edit.draftBy(by)}
        </span>
      ))}
    </p>
  );
}

function List({ items, isAuthor }: { items: readonly PlaybookSummary[]; isAuthor: boolean }): ReactNode {
  const { playbooks } = useTexts();
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{playbooks.name}</th>
          <th scope="col">{playbooks.state}</th>
          <th scope="col" className="n">
            {playbooks.entered}
          </th>
          <th scope="col" className="n">
            {playbooks.underWay}
          </th>
          <th scope="col" className="n">
            {playbooks.ended}
          </th>
          <th scope="col" className="n">
            {playbooks.converted}
          </th>
          <th scope="col" className="n">
            {playbooks.value}
          </th>
          <th scope="col">{playbooks.trend}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Line key={item.playbook} item={item} isAuthor={isAuthor} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ item, isAuthor }: { item: PlaybookSummary; isAuthor: boolean }): ReactNode {
  const { playbooks, edit } = useTexts();
  const formats = useFormats();
  const ended = item.ended.reduce((sum, { count }) => sum + count, 0);
  const sum = (of: 'entered' | 'converted') => item.trend.reduce((all, day) => all + day[of], 0);
  const { playbook } = item;
  const share = item.entered === 0 ? '' : ` (${formats.percent(item.converted / item.entered)})`;
  return (
    <tr>
      <th scope="row">
        <Link to="/playbooks/$playbook" params={{ playbook }} data-line="">
          {playbook}
        </Link>
        {isAuthor && (
          <Link
            className="small"
            to="/playbooks/$playbook/edit"
            params={{ playbook }}
            aria-label={edit.editOne(playbook)}
          >
            {edit.edit}
          </Link>
        )}
        <div className="soft small any description">{item.description}</div>
      </th>
      <td data-label={playbooks.state}>
        <span className={`badge ${TONES[item.state]}`}>{playbooks.states[item.state]}</span>
      </td>
      <td className="n" data-label={playbooks.entered}>
        {formats.count(item.entered)}
      </td>
      <td className="n" data-label={playbooks.underWay}>
        {formats.count(item.underWay)}
      </td>
      <td className="n" data-label={playbooks.ended}>
        {formats.count(ended)}
      </td>
      <td className="n" data-label={playbooks.converted}>
        {formats.count(item.converted)}
        <span className="soft">{share}</span>
      </td>
      <td className="n" data-label={playbooks.value}>
        {formats.count(item.value)}
      </td>
      <td data-label={playbooks.trend}>
        <Sparkline
          values={item.trend.map(({ entered }) => entered)}
          label={playbooks.trendOf(formats.count(sum('entered')), formats.count(sum('converted')))}
        />
      </td>
    </tr>
  );
}
