/** Data never ends a journey: it is folded, cut, or refuses one effect (S20). */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { sealToken } from '../../store/records/unsubscribe-token.ts';
import { ADA, effects, mail, SEND, start, trigger } from './mail-stage.ts';
import { PUBLIC_URL } from './stage.ts';

const ODD = 'a\u0001\u0007\u001b\u007f\u0085\u0090z =?utf-8?q?x?=';

describe('odd data', () => {
  it('in a notice: it is sent, its subject on one line without control characters', async () => {
    const { ask, enrol, mails, record } = await start('  - { notify: kim, text: "{{ contact.name }}\\nsecond" }');
    await record('contact', 'ada', { name: ODD });
    expect(await ask(await enrol('p', { trigger }), mail)).toEqual({ go: 'next' });
    const sent = await simpleParser(mails[0]!);
    expect(sent.subject).toBe('a z = ?utf-8?q?x?=');
    expect(sent.text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(sent.text).toContain('\nsecond');
  });

  it.each(['7\u00077', '7'.repeat(500), '\u001b[31m', '=?utf-8?b?DQo=?='])(
    'the ticket %j is escalated, and told',
    async (id) => {
      const steps = '  - { escalate: ticket, to: lena, priority: urgent, notify: kim }';
      const { ask, enrol, mails, record, rows } = await start(steps, { head: 'subject: ticket' });
      await record('ticket', id, { priority: 'normal' });
      expect(await ask(await enrol('p', { trigger, subject: { type: 'ticket', id } }), mail)).toEqual({ go: 'next' });
      expect(await rows('SELECT traits FROM tickets')).toMatchObject([
        { traits: { priority: 'urgent', assignee: 'lena' } },
      ]);
      expect(mails).toHaveLength(1);
    },
  );

  it.each(['n/a', '  ', 'a@localhost', 'a@127.1', 'jörg@example.com'])(
    'the address %j is refused like a missing one, and the journey goes on',
    async (email) => {
      const { ask, enrol, mails, record } = await start(SEND('transactional'));
      await record('contact', 'ada', { email });
      expect(await ask(await enrol('p', { trigger }), mail)).toEqual({ go: 'next' });
      expect(mails).toEqual([]);
      expect(await effects()).toMatchObject([{ status: 'refused', reason: 'no_address' }]);
    },
  );

  it('of the wrong type in a condition stands in its decision, and is counted once (T0)', async () => {
    const { ask, enrol, record, rows } = await start('  - { if: contact.points > 3, then: [{ record: x }] }');
    await record('contact', 'ada', { points: 'many' });
    const id = await enrol('p', { trigger });
    for (const _ of [1, 2]) expect(await ask(id, { name: 'choose', path: 'steps.0' })).toEqual({ go: 'arm', arm: 1 });
    expect(await rows(`SELECT looked->'wrong_type' AS met FROM decisions WHERE looked ? 'wrong_type'`)).toEqual([
      { met: { 'contact.points > 3': { 'contact.points': 'many' } } },
    ]);
    expect(await rows('SELECT kind, of, name, count::int FROM look_counts')).toEqual([
      { kind: 'wrong_type', of: 'playbook', name: 'p', count: 1 },
    ]);
  });

  it('a subject that comes out empty refuses its mail, and the journey goes on', async () => {
    const { ask, enrol, mails } = await start('  - { send: email, template: empty, class: transactional }', {
      templates: [{ path: 'templates/empty.txt', text: '---\nsubject: "{{ contact.nick }}"\n---\nHello' }],
    });
    expect(await ask(await enrol('p', { trigger }), mail)).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'no_subject' }]);
  });

  it('a text that grows past its bound refuses its effect; in a notice words stand for it', async () => {
    const many = { tags: Array.from({ length: 3_000 }, () => 'x'.repeat(100)) };
    const long = '{{#each contact.tags}}{{ this }}{{/each}}';
    const steps = `  - { update: { contact.all: "${long}" } }\n  - { notify: kim, text: "${long}" }`;
    const { ask, enrol, mails, record } = await start(steps);
    await record('contact', 'ada', many);
    const id = await enrol('p', { trigger });
    expect(await ask(id, { ...mail, leaves: false })).toEqual({ go: 'next' });
    expect(await ask(id, { ...mail, path: 'steps.1' })).toEqual({ go: 'next' });
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'text_too_long' }, { status: 'done' }]);
    expect((await simpleParser(mails[0]!)).text).toContain('came to more than 256 kB');
  });

  it.each(['"', '\\', '\u0001', 'é'])('an unsubscribe link holds an id of 512 bytes of %j', async (char) => {
    const id = char.repeat(512 / Buffer.byteLength(char));
    const { ask, enrol, mails, record } = await start(SEND('marketing'));
    await record('contact', id, ADA);
    expect(await ask(await enrol('p', { trigger, subject: { type: 'contact', id } }), mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(1);
    expect(`${PUBLIC_URL}/u/${sealToken('s', { contactId: id, messageId: 'f'.repeat(32) })}`.length).toBeLessThan(900);
  });

  it('in a mail that then has an empty place: it is sent, and told by the name of what is missing', async () => {
    const { ask, enrol, mails, record, rows } = await start(SEND('transactional'));
    await record('contact', 'ada', { name: null });
    await ask(await enrol('p', { trigger }), mail);
    expect(mails).toHaveLength(1);
    expect(await rows("SELECT verdict, looked FROM decisions WHERE kind = 'effect'")).toEqual([
      { verdict: 'next', looked: { empty_values: ['contact.name'] } },
    ]);
    expect(await rows('SELECT kind, of, name, count FROM look_counts')).toEqual([
      { kind: 'empty_value', of: 'playbook', name: 'p', count: expect.anything() },
    ]);
  });
});
