/** Events in the order in which they came in, the latest first; narrowed by name and source. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Event } from '../../../server/api/contract/events.ts';
import { eventNamesQuery, eventsQuery } from '../../api/event-queries.ts';
import { Choice } from '../../parts/choice.tsx';
import { NewOnes } from '../../parts/feed.tsx';
import { useHeld } from '../../parts/held.ts';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { SubjectLink } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';

const route = getRouteApi('/events');
/** Of so many names the choice has the most frequent. */
const MAX_NAMES = 100;

export function Stream(): ReactNode {
  const { events } = useTexts();
  const { name, source } = route.useSearch();
  const navigate = route.useNavigate();
  const names = useQuery(eventNamesQuery);
  const query = useInfiniteQuery({ ...eventsQuery({ name, source }), refetchInterval: 15_000 });
  const known = names.data?.items.slice(0, MAX_NAMES).map((one) => one.name) ?? [];
  const options = name !== undefined && !known.includes(name) ? [name, ...known] : known;
  return (
    <>
      <div className="filters">
        <Choice
          label={events.name}
          value={name}
          options={options.map((value) => ({ value, words: value }))}
          all={events.allNames}
          onChoose={(chosen) => void navigate({ search: { name: chosen, source } })}
        />
        {source !== undefined && (
          <Link to="/events" search={name === undefined ? {} : { name }} className="badge info">
            {source} ×
          </Link>
        )}
      </div>
      <div className="panel">
        <Pages
          query={query}
          empty={<Empty title={name || source ? events.noneLike : events.none} detail={events.noneDetail} />}
        >
          {(items: Event[]) => <Lines items={items} />}
        </Pages>
      </div>
    </>
  );
}

function Lines({ items }: { items: readonly Event[] }): ReactNode {
  const { events } = useTexts();
  const { shown, newOnes, showAll, of } = useHeld(items, ({ arrival }) => arrival);
  return (
    <>
      <NewOnes count={newOnes} show={showAll} />
      <table className="table cards" {...of}>
        <thead>
          <tr>
            <th scope="col">{events.name}</th>
            <th scope="col">{events.about}</th>
            <th scope="col">{events.source}</th>
            <th scope="col">{events.at}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.arrival}>
              <th scope="row">
                <Link to="/events/$arrival" params={{ arrival: String(one.arrival) }} data-line="" className="any">
                  {one.name}
                </Link>{' '}
                {one.isUndone && <span className="badge">{events.undone}</span>}
              </th>
              <td data-label={events.about}>
                <Subjects of={one} />
              </td>
              <td data-label={events.source}>
                <Link to="/events" search={{ source: one.source }} className="any">
                  {one.source}
                </Link>
              </td>
              <td data-label={events.at}>
                <When at={one.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function Subjects({ of }: { of: Pick<Event, 'subjects'> }): ReactNode {
  return of.subjects.map((subject, at) => (
    <span key={`${subject.type}/${subject.id}`}>
      {at > 0 && ', '}
      <SubjectLink subject={{ ...subject, name: null }} />
    </span>
  ));
}
