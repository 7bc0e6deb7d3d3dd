/** One ticket: how its promises stand, and what was escalated, to whom, and why. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Escalation, TicketClock, TicketShown } from '../../../server/api/contract/tickets.ts';
import { ticketQuery } from '../../api/ticket-queries.ts';
import { ColleagueName } from '../../parts/colleague.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { nameOf, shortened } from '../../parts/subject-link.tsx';
import { When } from '../../parts/when.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { ClockBadge, Due, Left } from './clock-told.tsx';

const route = getRouteApi('/tickets/$id');

export default function TicketScreen(): ReactNode {
  const { id } = route.useParams();
  const { tickets } = useTexts();
  const query = useQuery({ ...ticketQuery(id), refetchInterval: 10_000 });
  return (
    <Page
      title={shortened(query.data === undefined ? id : nameOf(query.data.ticket))}
      lead={query.data && [query.data.status, query.data.priority].filter(Boolean).join(' · ')}
      crumbs={<Link to="/tickets">{tickets.title}</Link>}
      actions={
        <Link to="/people/$type/$id" params={{ type: 'ticket', id }} className="button">
          {tickets.toRecord}
        </Link>
      }
    >
      <Loaded query={query}>{(shown) => <Content shown={shown} />}</Loaded>
    </Page>
  );
}

function Content({ shown }: { shown: TicketShown }): ReactNode {
  const { tickets, person } = useTexts();
  return (
    <div className="stack">
      {!shown.exists && <p className="notice">{person.unknown}</p>}
      <p>
        <span className="soft">{tickets.who}:</span> <ColleagueName of={shown.assignee} />{' '}
        {shown.team !== null && <span className="soft any">{shown.team}</span>}
      </p>
      <Panel title={tickets.promises} id="promises">
        {shown.clocks.length === 0 ? <Empty title={tickets.noPromise} /> : <Clocks clocks={shown.clocks} />}
      </Panel>
      <Panel title={tickets.escalations} id="escalations">
        {shown.escalations.length === 0 ? (
          <Empty title={tickets.noEscalation} detail={tickets.noEscalationDetail} />
        ) : (
          <ol className="feed">
            {shown.escalations.map((one) => (
              <Escalated key={one.id} one={one} id={shown.ticket.id} />
            ))}
          </ol>
        )}
      </Panel>
    </div>
  );
}

function Clocks({ clocks }: { clocks: readonly TicketClock[] }): ReactNode {
  const { tickets } = useTexts();
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{tickets.promise}</th>
          <th scope="col">{tickets.state}</th>
          <th scope="col">{tickets.started}</th>
          <th scope="col">{tickets.due}</th>
          <th scope="col">{tickets.left}</th>
          <th scope="col">{tickets.stopped}</th>
        </tr>
      </thead>
      <tbody>
        {clocks.map((clock) => (
          <tr key={`${clock.policy}.${clock.clock}`}>
            <th scope="row" className="any">
              {clock.policy}.{clock.clock}
            </th>
            <td data-label={tickets.state}>
              <ClockBadge clock={clock} />
            </td>
            <td data-label={tickets.started}>
              <When at={clock.startedAt} as="short" />
            </td>
            <td data-label={tickets.due}>
              <Due clock={clock} />
            </td>
            <td data-label={tickets.left}>
              <Left clock={clock} />
            </td>
            <td data-label={tickets.stopped}>
              {clock.stoppedAt === null ? <span className="soft">–</span> : <When at={clock.stoppedAt} as="short" />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Escalated({ one, id }: { one: Escalation; id: string }): ReactNode {
  const { tickets, person } = useTexts();
  return (
    <li>
      <When at={one.at} as="short" />
      <div className="what">
        <span className={`any ${one.status === 'done' ? 'done' : 'silent'}`}>{one.text}</span>
        <div className="soft small any">
          {tickets.because(one.because)} <When at={one.firedAt} as="short" /> ·{' '}
          <Link
            to="/people/$type/$id"
            params={{ type: 'ticket', id }}
            search={{ tab: 'why', playbook: one.playbook, at: one.at }}
          >
            {person.timeline.why}
          </Link>
        </div>
      </div>
      <Link className="by" to="/playbooks/$playbook" params={{ playbook: one.playbook }}>
        {one.playbook}
      </Link>
    </li>
  );
}
