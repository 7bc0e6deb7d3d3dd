/** Messages to colleagues: no gate but goal and exit. */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { refusing } from '../mail/servers.ts';
import { effects, mail, messages, server, stage, start, trigger } from './mail-stage.ts';
import { MINUTE, START } from './stage.ts';

describe('messages to colleagues', () => {
  const NOTIFY =
    '  - notify: [kim, "channel:support", lena]\n    text: "{{ contact.name }} since {{ time trigger.since }}"';

  it('reach each, in the reader’s own zone, and who has no address is recorded', async () => {
    const { ask, enrol, mails, rows } = await start(NOTIFY);
    await rows(
      `UPDATE settings SET value = jsonb_set(value, '{people,persons}', '[{"id":"kim","email":"kim@example.com","timeZone":"Asia/Tokyo"},{"id":"lena"}]') WHERE name = 'surroundings'`,
    );
    expect(await ask(await enrol('p', { trigger }), mail)).toEqual({ go: 'next' });
    const sent = await Promise.all(mails.map((text) => simpleParser(text)));
    const texts = sent.map((one) => one.text?.trim()).sort();
    expect(texts).toEqual(['Ada since 03:30', 'Ada since 19:30']);
    expect(await messages()).toMatchObject([
      { status: 'sent' },
      { status: 'sent' },
      { status: 'refused', error: 'no_address' },
    ]);
    expect(await effects()).toMatchObject([{ kind: 'notify', status: 'done' }]);
  });

  it('are not repeated to those who have one when another failed', async () => {
    const picky = await server(refusing('data', 451, '4.3.0 later'));
    const { others, mailerTo, ask, enrol, mails, rows } = await start(NOTIFY);
    const id = await enrol('p', { trigger });
    expect(await others({ mailer: mailerTo(picky.url) }).ask(id, mail)).toMatchObject({ go: 'again' });
    await stage.step(START + MINUTE);
    await rows(`UPDATE messages SET status = 'sent' WHERE person_id = 'kim'`);
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(2);
    expect(mails.join('')).not.toContain('kim@example.com');
  });

  it('escalate raises once, however often its mail is tried, and never lowers (S7)', async () => {
    const away = await server(refusing('data', 451, '4.3.0 later'));
    const steps =
      '  - escalate: ticket\n    to: lena\n    priority: raise\n    notify: kim\n    note: "{{ ticket.priority }}"';
    const { others, mailerTo, ask, enrol, mails, record, rows } = await start(steps, { head: 'subject: ticket' });
    await record('ticket', '77', { priority: 'normal', status: 'open' });
    const id = await enrol('p', { trigger, subject: { type: 'ticket', id: '77' } });
    const failing = others({ mailer: mailerTo(away.url) });
    expect((await failing.ask(id, mail)).go).toBe('again');
    await stage.step(START + MINUTE);
    expect((await failing.ask(id, mail)).go).toBe('again');
    await stage.step(START + 2 * MINUTE);
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(await rows('SELECT traits FROM tickets')).toMatchObject([
      { traits: { priority: 'high', assignee: 'lena' } },
    ]);
    expect(await rows(`SELECT count(*)::int AS n FROM events WHERE name = 'ticket.updated'`)).toEqual([{ n: 1 }]);
    const told = await simpleParser(mails[0]!);
    expect(told.text?.trim()).toBe('normal\n\nAll about it:\nhttps://cuebook.example/app/people/ticket/77');
    expect(told.subject).toBe('Ticket 77 is escalated to Lena, priority high');
    expect(await rows('SELECT status, claim, detail FROM effects')).toMatchObject([
      { status: 'done', claim: null, detail: { priority: 'high', to: 'lena' } },
    ]);
  });

  it('an approval that is asked for once more has its link still (S12, P5)', async () => {
    const away = await server(refusing('data', 451, '4.3.0 later'));
    const { others, mailerTo, ask, enrol, mails } = await start(
      '  - { approve: kim, text: May I?, within: 1d, else: [{ record: none }] }',
    );
    const id = await enrol('p', { trigger });
    expect((await others({ mailer: mailerTo(away.url) }).ask(id, mail)).go).toBe('again');
    await stage.step(START + MINUTE);
    expect((await ask(id, mail)).go).toBe('sleep');
    const asked = await simpleParser(mails[0]!);
    expect(asked.text).toMatch(/^May I\?\s+Approve or refuse it:\s+https:\/\/cuebook\.example\/a\//);
  });

  it('escalate with nothing to do sends nothing, and a decision says why (S7, V5)', async () => {
    const { ask, enrol, mails, record, rows } = await start('  - { escalate: ticket, to: lena, notify: kim }', {
      head: 'subject: ticket',
    });
    await record('ticket', '77', { status: 'solved' });
    const id = await enrol('p', { trigger, subject: { type: 'ticket', id: '77' } });
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await effects()).toEqual([]);
    expect(await rows('SELECT path, kind, verdict, looked FROM decisions')).toEqual([
      { path: 'steps.0', kind: 'effect', verdict: 'next', looked: { escalate: 'nothing to do', why: 'solved' } },
    ]);
  });
});
