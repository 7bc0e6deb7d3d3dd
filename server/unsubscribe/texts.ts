/** What the pages behind the links of mails say, in the contact's language where there are words for it, else in English. */
import { readLocale } from '../../language/template/mail/locale.ts';
import type { PlainPage } from '../plain-page.ts';

type Words = Pick<PlainPage, 'title' | 'text' | 'buttons'>;

export interface UnsubscribeTexts {
  /** Of the page's words, as `<html lang>` has it. */
  language: string;
  subscribed: Words;
  unsubscribed: Words;
  /** Mails came back, or somebody complained: nothing here takes that back. */
  stopped: Words;
  unknown: Words;
}

const UNSUBSCRIBED = {
  title: 'You are unsubscribed',
  text: 'We will not send you marketing mails any more. Mails about your orders and your account still come.',
} as const;
const ABGEMELDET = {
  title: 'Sie sind abgemeldet',
  text: 'Wir schicken Ihnen keine Werbung mehr. Nachrichten zu Ihren Bestellungen und Ihrem Konto kommen weiterhin.',
} as const;

const ENGLISH: UnsubscribeTexts = {
  language: 'en',
  subscribed: {
    title: 'Unsubscribe',
    text: 'You get our marketing mails. One click, and we stop sending them.',
    buttons: [{ label: 'Unsubscribe', action: 'unsubscribe' }],
  },
  unsubscribed: {
    ...UNSUBSCRIBED,
    buttons: [{ label: 'Subscribe again', action: 'resubscribe', quiet: true }],
  },
  stopped: UNSUBSCRIBED,
  unknown: {
    title: 'This link is not valid',
    text: 'It may have been cut off. Please take the whole link from the mail, or answer the mail to be unsubscribed.',
  },
};

const TEXTS: { readonly [language: string]: UnsubscribeTexts } = {
  en: ENGLISH,
  de: {
    language: 'de',
    subscribed: {
      title: 'Abmelden',
      text: 'Sie bekommen unsere Werbung per E-Mail. Ein Klick, und wir schicken keine mehr.',
      buttons: [{ label: 'Abmelden', action: 'unsubscribe' }],
    },
    unsubscribed: {
      ...ABGEMELDET,
      buttons: [{ label: 'Wieder anmelden', action: 'resubscribe', quiet: true }],
    },
    stopped: ABGEMELDET,
    unknown: {
      title: 'Dieser Link gilt nicht',
      text: 'Vielleicht fehlt ein Stück davon. Bitte nehmen Sie den ganzen Link aus der E-Mail, oder antworten Sie auf sie, um sich abzumelden.',
    },
  },
};

/** @param language the contact's trait, whatever it holds */
export function unsubscribeTexts(language: unknown): UnsubscribeTexts {
  return TEXTS[readLocale(language)?.split('-')[0] ?? 'en'] ?? ENGLISH;
}
