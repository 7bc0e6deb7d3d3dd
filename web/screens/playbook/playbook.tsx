/** One playbook: what it says, what it has come to, and its views. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import type { PlaybookDetail } from '../../../server/api/contract/playbook.ts';
import { playbookQuery } from '../../api/playbook-queries.ts';
import { Figure } from '../../parts/figure.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded, Skeleton } from '../../parts/states.tsx';
import { When } from '../../parts/when.tsx';
import { useFormats } from '../../texts/formats.ts';
import { useTexts } from '../../texts/texts.tsx';
import { EditLink } from '../edit/edit-link.tsx';
import { Facts } from './facts.tsx';
import { Journeys } from './journeys.tsx';
import { StateActions } from './state-actions.tsx';
import { TABS } from './tabs.ts';
import { Versions } from './versions.tsx';

const FlowView = lazy(() => import('./flow/flow-view.tsx'));
const SourceView = lazy(() => import('./source.tsx'));

const route = getRouteApi('/playbooks/$playbook');
const TONES = { active: 'good', paused: 'warn', halted: 'bad', gone: '' } as const;

export default function PlaybookScreen(): ReactNode {
  const { playbook } = route.useParams();
  const { nav, playbooks } = useTexts();
  const query = useQuery({ ...playbookQuery(playbook), refetchInterval: 10_000 });
  const { data } = query;
  return (
    <Page
      title={playbook}
      badge={data && <span className={`badge ${TONES[data.state]}`}>{playbooks.states[data.state]}</span>}
      lead={data?.description}
      crumbs={<Link to="/playbooks">{nav.playbooks}</Link>}
      actions={
        <>
          <EditLink playbook={playbook} />
          {data && <StateActions detail={data} />}
        </>
      }
    >
      <Loaded query={query}>{(detail) => <Content detail={detail} />}</Loaded>
    </Page>
  );
}

function Content({ detail }: { detail: PlaybookDetail }): ReactNode {
  const { playbook: texts } = useTexts();
  const { tab } = route.useSearch();
  const { playbook } = detail;
  return (
    <>
      {detail.stopped !== null && (
        <p className="notice warn any">
          {texts.stoppedBy(detail.stopped.by)} <When at={detail.stopped.since} />
          {detail.stopped.reason !== null && `: ${detail.stopped.reason}`}
        </p>
      )}
      <Totals detail={detail} />
      <nav className="tabs" aria-label={texts.tabsLabel}>
        {TABS.map((name) => (
          <Link
            key={name}
            to="/playbooks/$playbook"
            params={{ playbook }}
            search={name === 'flow' ? {} : { tab: name }}
            aria-current={tab === name || (tab === undefined && name === 'flow') ? 'page' : undefined}
            activeOptions={{ exact: true }}
            resetScroll={false}
          >
            {texts.tabs[name]}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Skeleton />}>
        {tab === undefined && (
          <div className="stack">
            <FlowView playbook={playbook} />
            <Facts detail={detail} />
          </div>
        )}
        {tab === 'journeys' && <Journeys playbook={playbook} />}
        {tab === 'source' && <SourceView playbook={playbook} />}
        {tab === 'versions' && <Versions playbook={playbook} />}
      </Suspense>
    </>
  );
}

/** Entered = under way + ended: each leads to the journeys that it counts. */
function Totals({ detail }: { detail: PlaybookDetail }): ReactNode {
  const { playbooks, home } = useTexts();
  const formats = useFormats();
  const ended = detail.ended.reduce((sum, { count }) => sum + count, 0);
  const to = (state: 'all' | 'open' | 'ended') => ({
    to: '/playbooks/$playbook' as const,
    params: { playbook: detail.playbook },
    search: { tab: 'journeys' as const, state },
  });
  return (
    <div className="panel totals">
      <div className="figures">
        <Figure value={formats.count(detail.entered)} label={playbooks.entered} to={to('all')} />
        <Figure value={formats.count(detail.underWay)} label={playbooks.underWay} to={to('open')} />
        <Figure value={formats.count(ended)} label={playbooks.ended} to={to('ended')} />
        <Figure value={formats.count(detail.converted)} label={home.converted} />
        <Figure value={formats.count(detail.value)} label={playbooks.value} />
        <Figure value={formats.count(detail.heldOut)} label={home.heldOut} />
      </div>
    </div>
  );
}
