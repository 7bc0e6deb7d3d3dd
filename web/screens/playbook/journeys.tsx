/** Who is or was in a playbook, the latest first; which of them stands in the address. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Enrolment } from '../../../server/api/contract/playbook.ts';
import { journeysQuery } from '../../api/playbook-queries.ts';
import { EndingBadge } from '../../parts/ending.tsx';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { SubjectLink } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const route = getRouteApi('/playbooks/$playbook');
const STATES = ['all', 'open', 'ended'] as const;

export function Journeys({ playbook }: { playbook: string }): ReactNode {
  const { journeys } = useTexts().playbook;
  const { state = 'all', outcome, reason } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(journeysQuery(playbook, { state, outcome, reason }));
  return (
    <>
      <div className="filters">
        <label>
          {journeys.state}{' '}
          <select
            className="field"
            value={state}
            onChange={({ target }) =>
              void navigate({ search: { tab: 'journeys', state: STATES.find((it) => it === target.value)! } })
            }
          >
            {STATES.map((it) => (
              <option key={it} value={it}>
                {journeys.states[it]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="panel">
        <Pages query={query} empty={<Empty title={journeys.none} detail={journeys.noneDetail} />}>
          {(items) => <List items={items} />}
        </Pages>
      </div>
    </>
  );
}

function List({ items }: { items: readonly Enrolment[] }): ReactNode {
  const { journeys } = useTexts().playbook;
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{journeys.who}</th>
          <th scope="col">{journeys.started}</th>
          <th scope="col">{journeys.where}</th>
          <th scope="col">{journeys.next}</th>
          <th scope="col">{journeys.ended}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              <SubjectLink subject={one.subject} isLine />{' '}
              {one.heldOut && <span className="badge">{journeys.heldOut}</span>}
              {one.key !== '' && <div className="soft small any">{one.key}</div>}
            </th>
            <td data-label={journeys.started}>
              <When at={one.startedAt} />
            </td>
            <td data-label={journeys.where} className="any">
              {one.step?.title}
            </td>
            <td data-label={journeys.next}>
              {one.nextAt !== null ? <When at={one.nextAt} /> : one.endedAt === null && journeys.waits}
            </td>
            <td data-label={journeys.ended}>
              {one.outcome !== null && <EndingBadge outcome={one.outcome} reason={one.reason} />}{' '}
              {one.endedAt !== null && <When at={one.endedAt} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
