/** Events: as they come in, which names there are, what was set aside, and one of your own. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { Page } from '../../parts/page.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Aside } from './aside.tsx';
import { Names } from './names.tsx';
import { EVENT_TABS } from './search.ts';
import { Send } from './send.tsx';
import { Stream } from './stream.tsx';

const route = getRouteApi('/events');

export default function EventsScreen(): ReactNode {
  const { events } = useTexts();
  const { tab = 'stream' } = route.useSearch();
  const session = useQuery(sessionQuery);
  const isOperator = mayDo(session.data, 'operator');
  const shown = EVENT_TABS.filter((name) => name !== 'send' || isOperator);
  return (
    <Page title={events.title}>
      <nav className="tabs" aria-label={events.tabsLabel}>
        {shown.map((name) => (
          <Link
            key={name}
            to="/events"
            search={name === 'stream' ? {} : { tab: name }}
            aria-current={name === tab ? 'page' : undefined}
            activeProps={{}}
          >
            {events.tabs[name]}
          </Link>
        ))}
      </nav>
      {tab === 'stream' && <Stream />}
      {tab === 'names' && <Names />}
      {tab === 'aside' && <Aside isOperator={isOperator} />}
      {tab === 'send' && isOperator && <Send />}
    </Page>
  );
}
