/** What stands around every screen: the rail, the search, the keys, the store's clock. */
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Menu, Search } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLive } from '../api/live.ts';
import { homeQuery, sessionQuery } from '../api/queries.ts';
import { type Reading, Ticking } from '../parts/clock.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Loaded, Skeleton } from '../parts/states.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useKeys } from './keys.ts';
import { Brand, Rail } from './rail.tsx';

const Palette = lazy(() => import('./palette.tsx'));
const KeyHelp = lazy(() => import('./key-help.tsx'));

type Opened = 'palette' | 'help' | 'rail';

export function Shell(): ReactNode {
  const { skip, nav, states } = useTexts();
  const [opened, setOpened] = useState<Opened>();
  const close = useCallback(() => setOpened(undefined), []);
  const openPalette = useCallback(() => setOpened('palette'), []);
  const openHelp = useCallback(() => setOpened('help'), []);
  useKeys({ openPalette, openHelp });
  const session = useQuery(sessionQuery);
  const reading = useReading();
  const isHeard = useLive(session.data !== undefined);
  const main = useFocusOnArrival();
  return (
    <Ticking reading={reading}>
      <a className="skip" href="#main">
        {skip}
      </a>
      <div className="shell">
        <Rail openPalette={openPalette} openHelp={openHelp} />
        <div>
          <header className="topbar">
            <button type="button" className="icon-button" aria-label={nav.open} onClick={() => setOpened('rail')}>
              <Menu size={20} aria-hidden="true" />
            </button>
            <Brand />
            <button type="button" className="icon-button" aria-label={nav.search} onClick={openPalette}>
              <Search size={19} aria-hidden="true" />
            </button>
          </header>
          {!isHeard && (
            <p className="notice warn stale" role="status">
              {states.stale}
            </p>
          )}
          <main id="main" tabIndex={-1} ref={main}>
            {/* What screens send carries the session's token: none is shown before that is known. */}
            <Loaded query={session}>
              {() => (
                <Suspense fallback={<Skeleton />}>
                  <Outlet />
                </Suspense>
              )}
            </Loaded>
          </main>
        </div>
      </div>
      <Suspense>
        {opened === 'palette' && <Palette isOpen onClose={close} />}
        {opened === 'help' && <KeyHelp isOpen onClose={close} />}
      </Suspense>
      <Dialog title={nav.label} hidesTitle isOpen={opened === 'rail'} onClose={close} className="drawer">
        <Rail openPalette={openPalette} openHelp={openHelp} onChosen={close} />
      </Dialog>
    </Ticking>
  );
}

/** The store's clock, as Home has read it last. */
function useReading(): Reading | undefined {
  const { data, dataUpdatedAt } = useQuery(homeQuery);
  return useMemo(
    () => data && { now: Date.parse(data.now), ...data.clock, zone: data.zone, readAt: dataUpdatedAt },
    [data, dataUpdatedAt],
  );
}

/** Who came by a link goes on from the screen's content, by keyboard and by screen reader. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
  return main;
}
