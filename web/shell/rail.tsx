/** Where everything is: the screens, the search, and how it looks. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Keyboard, LogOut, Search, SunMoon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { chooseLanguage, LANGUAGES, useSaid } from '../texts/texts.tsx';
import { SCREENS } from './screens.ts';
import { chooseTheme, THEMES, themeNow } from './theme.ts';

const ICON = 16;

export interface RailProps {
  openPalette: () => void;
  openHelp: () => void;
  /** A drawer closes when something was chosen. */
  onChosen?: () => void;
}

export function Brand(): ReactNode {
  const { texts } = useSaid();
  return (
    <Link to="/" className="brand">
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <path d="M3 4h9M3 10h14M3 16h6" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
        <circle cx="15.5" cy="4" r="2" fill="currentColor" />
        <circle cx="12.5" cy="16" r="2" fill="currentColor" />
      </svg>
      {texts.app}
    </Link>
  );
}

export function Rail({ openPalette, openHelp, onChosen }: RailProps): ReactNode {
  const { nav } = useSaid().texts;
  return (
    <header className="rail">
      <Brand />
      <button type="button" className="item" onClick={openPalette}>
        <Search size={ICON} aria-hidden="true" />
        {nav.search}
        <kbd>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <nav aria-label={nav.label}>
        <ul>
          {SCREENS.map(({ name, to, icon: Icon }) => (
            <li key={name}>
              <Link
                to={to}
                className="item"
                activeOptions={{ exact: to === '/', includeSearch: false }}
                onClick={onChosen}
              >
                <Icon size={ICON} aria-hidden="true" />
                {nav[name]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="foot">
        <Choices />
        <button type="button" className="item" onClick={openHelp}>
          <Keyboard size={ICON} aria-hidden="true" />
          {nav.keys}
          <kbd>?</kbd>
        </button>
        <SignOut />
      </div>
    </header>
  );
}

function Choices(): ReactNode {
  const { texts, language } = useSaid();
  const { nav } = texts;
  const [theme, setTheme] = useState(themeNow);
  return (
    <div className="choices">
      <SunMoon size={ICON} aria-hidden="true" />
      <select
        aria-label={nav.theme}
        value={theme}
        onChange={({ target }) => {
          const chosen = THEMES.find((it) => it === target.value)!;
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      >
        {THEMES.map((it) => (
          <option key={it} value={it}>
            {nav.themes[it]}
          </option>
        ))}
      </select>
      <select
        aria-label={nav.language}
        value={language}
        onChange={({ target }) => chooseLanguage(LANGUAGES.find((it) => it === target.value)!)}
      >
        {LANGUAGES.map((it) => (
          <option key={it} value={it} lang={it}>
            {nav.languages[it]}
          </option>
        ))}
      </select>
    </div>
  );
}

function SignOut(): ReactNode {
  const { nav } = useSaid().texts;
  const session = useQuery(sessionQuery);
  if (session.data?.signsIn !== true) return null;
  return (
    <form method="post" action="/sign-out">
      <button type="submit" className="item">
        <LogOut size={ICON} aria-hidden="true" />
        {nav.signOut}
        <span className="small cut">{session.data.user.name}</span>
      </button>
    </form>
  );
}
