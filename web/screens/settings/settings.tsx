/** What the business runs on: people, calendars, channels; and for admins keys, users, and what was changed. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { mayDo } from '../../api/roles.ts';
import { Page } from '../../parts/page.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Audit } from './audit.tsx';
import { Calendars } from './calendars.tsx';
import { Channels } from './channels.tsx';
import { Colleagues } from './colleagues.tsx';
import { OF_ADMINS, SETTINGS_TABS } from './search.ts';
import { Users } from './users.tsx';
import { WriteKeys } from './write-keys.tsx';

const route = getRouteApi('/settings');

export default function SettingsScreen(): ReactNode {
  const { settings } = useTexts();
  const { tab = 'people' } = route.useSearch();
  const session = useQuery(sessionQuery);
  const isAdmin = mayDo(session.data, 'admin');
  const shown = SETTINGS_TABS.filter((name) => isAdmin || !OF_ADMINS.includes(name));
  return (
    <Page title={settings.title}>
      <nav className="tabs" aria-label={settings.tabsLabel}>
        {shown.map((name) => (
          <Link
            key={name}
            to="/settings"
            search={name === 'people' ? {} : { tab: name }}
            aria-current={name === tab ? 'page' : undefined}
            activeProps={{}}
          >
            {settings.tabs[name]}
          </Link>
        ))}
      </nav>
      {!shown.includes(tab) && <p className="notice">{settings.ofAdmins}</p>}
      {tab === 'people' && <Colleagues />}
      {tab === 'calendars' && <Calendars />}
      {tab === 'channels' && <Channels isAdmin={isAdmin} />}
      {tab === 'keys' && isAdmin && <WriteKeys />}
      {tab === 'users' && isAdmin && <Users own={session.data?.user.email ?? null} />}
      {tab === 'audit' && isAdmin && <Audit />}
    </Page>
  );
}
