/** One event: what it said, and what it set off. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AnswerOf } from '../../../server/api/contract/endpoint.ts';
import type { getEvent } from '../../../server/api/contract/events.ts';
import { eventQuery } from '../../api/event-queries.ts';
import { NamedValues } from '../../parts/named-values.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { SubjectLink, shortened } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Subjects } from './stream.tsx';

const route = getRouteApi('/events/$arrival');
type Shown = AnswerOf<typeof getEvent>;

export default function EventScreen(): ReactNode {
  const { arrival } = route.useParams();
  const { events } = useTexts();
  const query = useQuery(eventQuery(arrival));
  return (
    <Page title={shortened(query.data?.name ?? arrival)} crumbs={<Link to="/events">{events.title}</Link>}>
      <Loaded query={query}>{(event) => <Content event={event} />}</Loaded>
    </Page>
  );
}

function Content({ event }: { event: Shown }): ReactNode {
  const { events, person } = useTexts();
  const values = Object.entries((event.properties ?? {}) as object).map(([name, value]) => ({ name, value }));
  return (
    <div className="stack">
      {event.isUndone && <p className="notice">{events.undoneDetail}</p>}
      <Panel title={events.what} id="what">
        <dl className="facts panel-body">
          <div className="fact">
            <dt>{events.about}</dt>
            <dd>
              <Subjects of={event} />
            </dd>
          </div>
          <div className="fact">
            <dt>{events.at}</dt>
            <dd>
              <When at={event.at} as="short" />
            </dd>
          </div>
          <div className="fact">
            <dt>{events.received}</dt>
            <dd>
              <When at={event.receivedAt} as="short" />
            </dd>
          </div>
          <div className="fact">
            <dt>{events.source}</dt>
            <dd>
              <Link to="/events" search={{ source: event.source }} className="any">
                {event.source}
              </Link>{' '}
              <span className="soft">{event.kind}</span>
            </dd>
          </div>
          <div className="fact">
            <dt>messageId</dt>
            <dd className="any">{event.messageId}</dd>
          </div>
        </dl>
      </Panel>
      <Panel title={events.fields} id="fields">
        {values.length === 0 ? <Empty title={events.noFields} /> : <NamedValues values={values} isPanel />}
      </Panel>
      <Panel title={events.triggered} id="triggered">
        {event.firings.length === 0 ? (
          <Empty title={events.nothingTriggered} detail={events.nothingTriggeredDetail} />
        ) : (
          <ul className="panel-body">
            {event.firings.map((firing) => (
              <li key={firing.id} className="any">
                <Link to="/playbooks/$playbook" params={{ playbook: firing.playbook }} data-line="">
                  {firing.playbook}
                </Link>{' '}
                <SubjectLink subject={{ ...firing.subject, name: null }} />{' '}
                <span className={`badge ${firing.status === 'enrolled' ? 'good' : ''}`}>{firing.status}</span>{' '}
                {firing.reason !== null && <span className="soft">{firing.reason}</span>}{' '}
                <Link
                  className="small"
                  to="/people/$type/$id"
                  params={firing.subject}
                  search={{ tab: 'why', playbook: firing.playbook, at: firing.at }}
                >
                  {person.timeline.why}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
