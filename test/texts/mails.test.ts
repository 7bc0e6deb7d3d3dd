/** Y2 on PostgreSQL and SMTP: what leaves is written in the language of its reader. */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { ADA, mail, SEND, start, trigger } from '../activities/mail-stage.ts';

describe('a mail to a contact', () => {
  const templates = [
    {
      path: 'templates/offer.html',
      text: '---\nsubject: "{{ money 80.5 \\"EUR\\" }}"\n---\n<p>{{ date trigger.since }}, {{ time trigger.since }}; {{ with.until }}; {{ with.sum }}</p>\n',
    },
  ];
  const steps = SEND('marketing')
    .replace('template: hello', 'template: offer')
    .replace('{ what: shoes }', '{ until: "{{ date trigger.since }} !", sum: "{{ contact.sum }} !" }');
  const settings = { sender: { name: 'Shop', from: 's@shop.example', postalAddress: 'Weg 1' } };
  const sentTo = async (language: string | undefined) => {
    const { ask, enrol, record, mails } = await start(steps, { templates, settings });
    await record('contact', 'ada', { ...ADA, sum: 1.5, ...(language !== undefined && { language }) });
    expect(await ask(await enrol('p', { trigger }), mail)).toEqual({ go: 'next' });
    const { subject, text, html } = await simpleParser(mails[0]!);
    return { subject, text: String(text), html: String(html) };
  };

  it('is in the language of the contact, what the step gives it included', async () => {
    const german = await sentTo('de');
    expect(german.subject?.replace(/\s/g, ' ')).toBe('80,50 €');
    expect(german.text).toContain('01.03.2026, 13:30; 01.03.2026 !; 1,5 !');
    expect(german.html).toContain('>Abmelden</a>');
    expect(german.text).toContain('Abmelden');
  });

  it('is as before where no language is known', async () => {
    const plain = await sentTo(undefined);
    expect(plain.subject).toBe('€80.50');
    expect(plain.text).toContain('1 Mar 2026, 13:30; 1 Mar 2026 !; 1.5 !');
    expect(plain.html).toContain('>Unsubscribe</a>');
  });
});
