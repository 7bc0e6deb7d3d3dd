/** A playbook as a picture with its counts; on narrow screens, and where it is wished, as a list. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState, useSyncExternalStore } from 'react';
import type { Flow } from '../../../../server/api/contract/playbook.ts';
import { flowQuery } from '../../../api/playbook-queries.ts';
import { Panel } from '../../../parts/page.tsx';
import { Loaded, Skeleton } from '../../../parts/states.tsx';
import { useTexts } from '../../../texts/texts.tsx';
import { FlowList } from './flow-list.tsx';
import { StepTold } from './step-told.tsx';
import './flow.css';

const FlowPicture = lazy(() => import('./flow-picture.tsx'));
const route = getRouteApi('/playbooks/$playbook');
const PERIODS = [1, 7, 30, 90, 365];
const DEFAULT_DAYS = 30;

export default function FlowView({ playbook }: { playbook: string }): ReactNode {
  const { playbook: texts } = useTexts();
  const { flow } = texts;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isNarrow = useNarrow();
  const days = search.days ?? DEFAULT_DAYS;
  const as = search.as ?? (isNarrow ? 'list' : 'picture');
  const query = useQuery({ ...flowQuery(playbook, days), refetchInterval: 10_000 });
  return (
    <Panel
      title={texts.tabs.flow}
      id="flow"
      end={
        <span className="end flow-choices">
          <select
            className="field"
            aria-label={flow.period}
            value={days}
            onChange={({ target }) =>
              void navigate({ search: (before) => ({ ...before, days: Number(target.value) }), resetScroll: false })
            }
          >
            {[...new Set([...PERIODS, days])].map((it) => (
              <option key={it} value={it}>
                {flow.days(it)}
              </option>
            ))}
          </select>
          <select
            className="field"
            aria-label={flow.as}
            value={as}
            onChange={({ target }) =>
              void navigate({
                search: (before) => ({ ...before, as: target.value === 'list' ? 'list' : 'picture' }),
                resetScroll: false,
              })
            }
          >
            <option value="picture">{flow.picture}</option>
            <option value="list">{flow.list}</option>
          </select>
        </span>
      }
    >
      <Loaded query={query}>
        {(data) => (as === 'list' ? <FlowList flow={data} /> : <WithPicture flow={data} />)}
      </Loaded>
    </Panel>
  );
}

function WithPicture({ flow }: { flow: Flow }): ReactNode {
  const { flow: texts } = useTexts().playbook;
  const [chosen, setChosen] = useState<string>();
  const node = flow.nodes.find(({ id }) => id === chosen);
  return (
    <div className="flow-with-side">
      <Suspense fallback={<Skeleton />}>
        <FlowPicture flow={flow} chosen={chosen} onChoose={setChosen} />
      </Suspense>
      <aside className="flow-side" aria-live="polite">
        {flow.entered === 0 && <p className="soft">{texts.nobody}</p>}
        {node === undefined ? <p className="soft">{texts.select}</p> : <StepTold flow={flow} node={node} />}
      </aside>
    </div>
  );
}

const narrow = matchMedia('(max-width: 760px)');

function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      narrow.addEventListener('change', changed);
      return () => narrow.removeEventListener('change', changed);
    },
    () => narrow.matches,
  );
}
