/** In which language, and in whose way of writing numbers and times, everything is said. */
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { en } from './en.ts';

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { [K in keyof T]: Widened<T[K]> };

/** What a language has to say: the keys of the English one. */
export type Texts = Widened<typeof en>;

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = 'cuebook.language';

/** The chosen one, else the browser's first that there is. */
export function languageNow(): Language {
  const wanted = [localStorage.getItem(STORED), ...navigator.languages].map((it) => it?.slice(0, 2));
  return LANGUAGES.find((it) => it === wanted.find((one) => LANGUAGES.some((known) => known === one))) ?? 'en';
}

/** The page is loaded anew: every text changes. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  location.reload();
}

export async function loadTexts(language: Language): Promise<Texts> {
  return language === 'de' ? (await import('./de.ts')).de : (await import('./en.ts')).en;
}

export interface Said {
  texts: Texts;
  language: Language;
  /** As the browser writes the language: `en-GB`. */
  locale: string;
}

const SaidContext = createContext<Said | undefined>(undefined);

export function Speaking(props: { language: Language; texts: Texts; children: ReactNode }): ReactNode {
  const { language, texts } = props;
  const said = useMemo(() => {
    const locale =
      navigator.languages.find((it) => it.startsWith(language)) ?? (language === 'en' ? 'en-GB' : language);
    return { texts, language, locale };
  }, [language, texts]);
  return <SaidContext value={said}>{props.children}</SaidContext>;
}

export function useSaid(): Said {
  const said = useContext(SaidContext);
  if (said === undefined) throw new Error('There is no <Speaking> around this.');
  return said;
}

export const useTexts = (): Texts => useSaid().texts;
