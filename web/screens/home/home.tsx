/** What happened today, what needs somebody, and whether everything keeps up. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Home } from '../../../server/api/contract/home.ts';
import { homeQuery } from '../../api/queries.ts';
import { useClock } from '../../parts/clock.tsx';
import { Feed } from '../../parts/feed.tsx';
import { Figure } from '../../parts/figure.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Health } from './health.tsx';
import { Needs } from './needs.tsx';
import { Sum } from './sum.tsx';

/** Of what happened last: the rest stands with each playbook and person. */
const LINES = 25;

export default function HomeScreen(): ReactNode {
  const { home } = useTexts();
  const query = useQuery({ ...homeQuery, refetchInterval: 5_000 });
  return (
    <Page title={home.title} lead={query.data && <ClockLine home={query.data} />}>
      <Loaded query={query}>{(data) => <Content data={data} />}</Loaded>
    </Page>
  );
}

function ClockLine({ home }: { home: Home }): ReactNode {
  const { time } = useTexts();
  const formats = useFormats();
  const { now } = useClock();
  const { mode, warp } = home.clock;
  const pace =
    mode === 'warped' ? ` · ${time.warped(formats.count(warp))}` : mode === 'stepped' ? ` · ${time.stepped}` : '';
  return `${formats.exact(now)}${pace}`;
}

function Content({ data }: { data: Home }): ReactNode {
  const { home } = useTexts();
  if (!data.deployed) return <Empty title={home.notDeployed} detail={home.notDeployedDetail} />;
  return (
    <div className="columns home">
      <div className="stack">
        <Needs needs={data.needs} />
        <Today today={data.today} />
        <Sum total={data.total} />
      </div>
      <Health health={data.health} />
      <div className="latest">
        <Panel title={home.latest} id="latest" end={<Link to="/playbooks">{home.allPlaybooks}</Link>}>
          {data.latest.length === 0 ? (
            <Empty title={home.nothingYet} detail={home.nothingYetDetail} />
          ) : (
            <Feed lines={data.latest.slice(0, LINES)} />
          )}
        </Panel>
      </div>
    </div>
  );
}

function Today({ today }: { today: Home['today'] }): ReactNode {
  const { home } = useTexts();
  const formats = useFormats();
  const { now } = useClock();
  const refused = today.refused.reduce((sum, { count }) => sum + count, 0);
  const ended = today.ended.reduce((sum, { count }) => sum + count, 0);
  return (
    <Panel
      title={home.today}
      id="today"
      end={<span className="end soft">{home.since(formats.short(Date.parse(today.since), now))}</span>}
    >
      <div className="figures">
        <Figure value={formats.count(today.fired)} label={home.fired} />
        <Figure value={formats.count(today.entered)} label={home.entered} to={{ to: '/playbooks' }} />
        <Figure value={formats.count(ended)} label={home.ended} />
        <Figure value={formats.count(today.conversions)} label={home.converted} />
        <Figure value={formats.count(today.value)} label={home.value} />
        <Figure
          value={formats.count(today.messages)}
          label={home.messages}
          to={{ to: '/messages', search: { status: 'sent' } }}
        />
        <Figure value={formats.count(today.tasks)} label={home.tasks} to={{ to: '/tasks' }} />
        <Figure value={formats.count(today.heldOut)} label={home.heldOut} />
        <Figure value={formats.count(refused)} label={home.refused} />
      </div>
      {refused > 0 && (
        <ul className="panel-body reasons">
          {today.refused.map(({ code, words, count }) => (
            <li key={code} className="small">
              <span className="number">{formats.count(count)}</span> <span className="soft any">{words}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
