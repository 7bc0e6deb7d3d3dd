/** The language of a reader, as people and their tools write it, and Cuebook's own words in a mail to that reader. */

/** What is written is data: as many forms as anybody cares to send. */
const MAX_KNOWN = 1_000;
const MAX_CHARS = 40;

const known = new Map<string, string | undefined>();

/**
 * The BCP 47 name of a language that Intl knows, written as `de`, `de-CH` or `de_ch`, blanks around it aside. Undefined for
 * anything else, and for English without a region: texts then show dates as `2 Mar 2026` (Y2).
 */
export function readLocale(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (known.has(value)) return known.get(value);
  if (known.size >= MAX_KNOWN) known.clear();
  const locale = value.length > MAX_CHARS ? undefined : localeIn(value.trim().replaceAll('_', '-'));
  known.set(value, locale);
  return locale;
}

function localeIn(text: string): string | undefined {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(text)) return undefined;
  try {
    const [locale] = Intl.DateTimeFormat.supportedLocalesOf(text);
    return locale === undefined || locale === 'en' ? undefined : withPlainDigits(locale);
  } catch {
    return undefined;
  }
}

/** Digits stand in links as well, where only these are read. */
function withPlainDigits(locale: string): string {
  const { numberingSystem } = new Intl.NumberFormat(locale).resolvedOptions();
  return numberingSystem === 'latn' ? locale : new Intl.Locale(locale, { numberingSystem: 'latn' }).toString();
}

/** The reader's language where a template does not say something itself. */
export interface FooterWords {
  unsubscribe: string;
}

const ENGLISH: FooterWords = { unsubscribe: 'Unsubscribe' };
const FOOTERS: { [language: string]: FooterWords } = { en: ENGLISH, de: { unsubscribe: 'Abmelden' } };

/** In the reader's language, else in English. @param locale as `readLocale` gives it */
export function footerWords(locale: string | undefined): FooterWords {
  return FOOTERS[locale?.split('-')[0] ?? 'en'] ?? ENGLISH;
}
