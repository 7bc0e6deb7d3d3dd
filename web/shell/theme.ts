/** Light or dark: as the system has it, until the reader chooses. */
const STORED = 'cuebook.theme';
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const wantsDark = matchMedia('(prefers-color-scheme: dark)');

export function themeNow(): Theme {
  const stored = localStorage.getItem(STORED);
  return THEMES.find((it) => it === stored) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme);
  showTheme();
}

function showTheme(): void {
  const theme = themeNow();
  const isDark = theme === 'system' ? wantsDark.matches : theme === 'dark';
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** To be called before anything is drawn. */
export function followTheme(): void {
  showTheme();
  wantsDark.addEventListener('change', showTheme);
}
