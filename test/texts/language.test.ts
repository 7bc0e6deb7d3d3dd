/** Y2: texts for a contact are written in the contact's language: dates, times, money, numbers, and the footer. */
import { describe, expect, it } from 'vitest';
import { footerWords, readLocale } from '../../language/template/mail/locale.ts';
import { renderText } from '../../language/text.ts';

describe('a language is read as people and programs write it', () => {
  it.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['de_ch', 'de-CH'],
    [' pt-BR ', 'pt-BR'],
    ['en-US', 'en-US'],
    ['fa', 'fa-u-nu-latn'],
    ['en', undefined],
    ['German', undefined],
    ['xx', undefined],
    ['', undefined],
    [7, undefined],
    [`de-${'x'.repeat(100)}`, undefined],
  ])('%j is %j', (written, locale) => expect(readLocale(written)).toBe(locale));

  it('digits in a link stay those that programs read', () => {
    const said = renderText('/o/{{ n }} ', { n: 1250 }, { zone: 'UTC', locale: readLocale('fa')! });
    expect(said).toBe('/o/1250 ');
  });

  it('the footer has words in German, and in English for everybody else', () => {
    expect(footerWords('de-AT').unsubscribe).toBe('Abmelden');
    expect(footerWords('fr').unsubscribe).toBe('Unsubscribe');
    expect(footerWords(undefined).unsubscribe).toBe('Unsubscribe');
  });
});
