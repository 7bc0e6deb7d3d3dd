/** The queue: which promises break next, which are broken, and whose they are. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AnswerOf } from '../../../server/api/contract/endpoint.ts';
import type { listTickets, QueuedTicket } from '../../../server/api/contract/tickets.ts';
import { colleaguesQuery, ticketsQuery } from '../../api/ticket-queries.ts';
import { Choice } from '../../parts/choice.tsx';
import { ColleagueName } from '../../parts/colleague.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Pages } from '../../parts/pages.tsx';
import { Empty } from '../../parts/states.tsx';
import { nameOf, shortened } from '../../parts/subject-link.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';
import { ClockBadge, Due, Left } from './clock-told.tsx';
import { QUEUE_STATES } from './search.ts';

const route = getRouteApi('/tickets');
type Answer = AnswerOf<typeof listTickets>;

export default function TicketsScreen(): ReactNode {
  const { tickets } = useTexts();
  const choice = route.useSearch();
  const query = useInfiniteQuery({ ...ticketsQuery(choice), refetchInterval: 15_000 });
  const first = query.data?.pages[0];
  return (
    <Page title={tickets.title} lead={first?.isCut ? tickets.cut : undefined}>
      <div className="stack">
        {first !== undefined && (
          <>
            <Counts counts={first.counts} />
            <Choices answer={first} />
          </>
        )}
        <div className="panel">
          <Pages query={query} empty={<Empty title={tickets.none} detail={tickets.noneDetail} />}>
            {(items: QueuedTicket[]) => <Queue items={items} />}
          </Pages>
        </div>
        <Away />
      </div>
    </Page>
  );
}

const TONES = { hour: 'bad', risk: 'warn', running: 'plain', breached: 'bad', paused: 'plain' } as const;

function Counts({ counts }: { counts: Answer['counts'] }): ReactNode {
  const { tickets } = useTexts();
  const formats = useFormats();
  const choice = route.useSearch();
  return (
    <div className="panel figures">
      {QUEUE_STATES.map((state) => (
        <Figure
          key={state}
          value={formats.count(counts[state])}
          label={tickets.queues[state]}
          tone={counts[state] > 0 ? TONES[state] : 'plain'}
          to={{ to: '/tickets', search: { ...choice, state } }}
        />
      ))}
    </div>
  );
}

function Choices({ answer }: { answer: Answer }): ReactNode {
  const { tickets } = useTexts();
  const choice = route.useSearch();
  const navigate = route.useNavigate();
  const named = (names: readonly string[]) => names.map((value) => ({ value, words: value }));
  return (
    <div className="filters">
      <Choice
        label={tickets.state}
        value={choice.state}
        options={QUEUE_STATES.map((value) => ({ value, words: tickets.queues[value] }))}
        all={tickets.allStates}
        onChoose={(state) => void navigate({ search: { ...choice, state } })}
      />
      <Choice
        label={tickets.whose}
        value={choice.person}
        options={[{ value: 'me', words: tickets.mine }]}
        all={tickets.everybody}
        onChoose={(person) => void navigate({ search: { ...choice, person } })}
      />
      <Choice
        label={tickets.team}
        value={choice.team}
        options={named(answer.teams)}
        all={tickets.allTeams}
        onChoose={(team) => void navigate({ search: { ...choice, team } })}
      />
      <Choice
        label={tickets.policy}
        value={choice.policy}
        options={named(answer.policies)}
        all={tickets.allPolicies}
        onChoose={(policy) => void navigate({ search: { ...choice, policy } })}
      />
    </div>
  );
}

function Queue({ items }: { items: readonly QueuedTicket[] }): ReactNode {
  const { tickets } = useTexts();
  return (
    <table className="table cards">
      <thead>
        <tr>
          <th scope="col">{tickets.ticket}</th>
          <th scope="col">{tickets.promise}</th>
          <th scope="col">{tickets.state}</th>
          <th scope="col">{tickets.due}</th>
          <th scope="col">{tickets.left}</th>
          <th scope="col">{tickets.who}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={`${one.ticket.id}/${one.policy}.${one.clock}`}>
            <th scope="row">
              <Link to="/tickets/$id" params={{ id: one.ticket.id }} data-line="" className="any">
                {shortened(nameOf(one.ticket))}
              </Link>{' '}
              <span className="soft small any">{[one.status, one.priority].filter(Boolean).join(' · ')}</span>
            </th>
            <td data-label={tickets.promise} className="any">
              {one.policy}.{one.clock}
            </td>
            <td data-label={tickets.state}>
              <ClockBadge clock={one} />
            </td>
            <td data-label={tickets.due}>
              <Due clock={one} />
            </td>
            <td data-label={tickets.left}>
              <Left clock={one} />
            </td>
            <td data-label={tickets.who}>
              <ColleagueName of={one.assignee} /> {one.team !== null && <span className="soft any">{one.team}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Who is not there, and who stands in. */
function Away(): ReactNode {
  const { tickets } = useTexts();
  const { data } = useQuery(colleaguesQuery);
  const away = data?.items.filter(({ isAway }) => isAway) ?? [];
  const nameOfId = (id: string) => data?.items.find((one) => one.id === id)?.name ?? id;
  return (
    <Panel title={tickets.awayTitle} id="away">
      {away.length === 0 ? (
        <p className="panel-body soft">{tickets.nobodyAway}</p>
      ) : (
        <ul className="panel-body">
          {away.map(({ id, name, team, deputy, openTasks }) => (
            <li key={id} className="any">
              {name ?? id}
              <span className="soft">
                {team !== null && ` · ${team}`}
                {` · ${deputy === null ? tickets.noDeputy : tickets.deputy(nameOfId(deputy))}`}
                {openTasks > 0 && ` · ${tickets.openTasks(openTasks)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
