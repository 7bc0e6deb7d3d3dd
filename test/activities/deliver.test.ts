/** What leaves the house: claimed before its handover, once, through every gate (section 5, P4). */
import { simpleParser } from 'mailparser';
import { afterEach, describe, expect, it } from 'vitest';
import type { WorkspaceFile } from '../../language/compile.ts';
import { failingAt, refusing, smtpServer } from '../mail/servers.ts';
import { HOUR, MINUTE, PUBLIC_URL, START, type Stage, startStage } from './stage.ts';

let stage: Stage;
const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await stage.close();
  for (const server of servers.splice(0)) await server.close();
});

const TEMPLATE: WorkspaceFile = {
  path: 'templates/hello.txt',
  text: '---\nsubject: Hello {{ contact.name }}\n---\nYour cart of {{ date trigger.since }}, {{ time trigger.since }}: {{ with.what }}\n',
};
const SEND = (kind: string, more = '') =>
  `  - id: mail\n    send: email\n    template: hello\n    class: ${kind}\n    with: { what: shoes }\n${more}`;
const ADA = {
  name: 'Ada',
  email: 'ada@example.com',
  time_zone: 'America/New_York',
  owner: 'kim',
  consent: { marketing: true },
};

interface Given {
  head?: string;
  subject?: string;
  settings?: object;
  leaseMs?: number;
  ask?: (id: string) => Promise<'taken' | 'not-taken' | 'cannot-ask'>;
}

async function start(steps: string, { head = '', settings = {}, ...more }: Given = {}): Promise<Stage> {
  const text = `playbook: p\ntrigger: { event: cart.updated }\n${head}\nsteps:\n${steps}\n`;
  stage = await startStage([TEMPLATE, { path: 'p.yaml', text }], {
    settings: { caps: {}, quietHours: { startMinute: 0, endMinute: 0 }, ...settings },
    ...more,
  });
  await stage.record('contact', 'ada', ADA);
  return stage;
}
const trigger = { since: '2026-03-01T18:30:00.000Z' };
const mail = { name: 'do', path: 'steps.0', leaves: true } as const;
const effects = () => stage.rows('SELECT kind, status, reason, detail FROM effects');
const messages = () => stage.rows('SELECT status, error FROM messages ORDER BY id');

async function server<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  servers.push(started);
  return started;
}

describe('a mail', () => {
  it('of marketing is sent once, in the reader’s zone, with its way out (P3)', async () => {
    const { ask, enrol, mails, rows } = await start(SEND('marketing'));
    const id = await enrol('p', { trigger });
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(1);
    const sent = await simpleParser(mails[0]!);
    expect(sent.subject).toBe('Hello Ada');
    expect(sent.text).toContain('Your cart of 1 Mar 2026, 13:30: shoes');
    expect(sent.text).toContain('Shop GmbH, Weg 1');
    expect(sent.headers.get('x-cuebook-playbook')).toBe('p');
    const url = /List-Unsubscribe: <(.+)>/.exec(mails[0]!)![1]!;
    expect(url.startsWith(`${PUBLIC_URL}/u/`)).toBe(true);
    expect(sent.text).toContain(url);
    expect(url).not.toContain('ada');
    expect(mails[0]).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(await effects()).toEqual([
      { kind: 'send', status: 'done', reason: null, detail: { send: 'hello', to: 'ada', with: { what: 'shoes' } } },
    ]);
    expect(await rows('SELECT context FROM step_answers')).toEqual([{ context: { status: 'sent', to: 'ada' } }]);
    expect(
      await rows(`SELECT name, properties->>'enrolment' AS enrolment, properties->>'template' AS template FROM events`),
    ).toEqual([{ name: 'email.sent', enrolment: id, template: 'hello' }]);
  });

  it('that is no marketing has no unsubscribe link', async () => {
    const { ask, enrol, mails } = await start(SEND('transactional'));
    await ask(await enrol('p', { trigger }), mail);
    expect(mails[0]).not.toContain('List-Unsubscribe');
    expect(mails[0]).toContain('Auto-Submitted: auto-generated');
  });

  it('is not sent when the purchase was committed before the claim, consumed or not (S19)', async () => {
    const { ask, enrol, event, mails, step } = await start(SEND('transactional'), {
      head: 'exit_on: [order.completed]',
    });
    const id = await enrol('p', { trigger });
    await step(START + MINUTE);
    await event('order.completed', { messageId: 'bought', waits: true });
    const ending = { outcome: 'exited', reason: 'exit', event: 'bought' };
    expect(await ask(id, mail)).toEqual({ go: 'end', ending, at: START + MINUTE });
    expect(mails).toEqual([]);
    expect(await stage.rows('SELECT kind, verdict FROM decisions')).toEqual([
      { kind: 'gate', verdict: 'exited: exit' },
    ]);
  });

  it('whose provider was silent is not tried again once the purchase has come', async () => {
    const slow = await server(failingAt('greeting', 'silence'));
    const { others, mailerTo, enrol, event, rows } = await start(SEND('transactional'), {
      head: 'exit_on: [order.completed]',
    });
    const id = await enrol('p', { trigger });
    const delivering = others({ mailer: mailerTo(slow.url, 600) }).ask(id, mail);
    await expect.poll(() => rows(`SELECT status FROM effects`)).toEqual([{ status: 'claimed' }]);
    await event('order.completed', { waits: true });
    // The provider was silent: a failure that passes, and now the exit stands before the next try.
    expect(await delivering).toMatchObject({ go: 'failed', permanent: false });
    expect(await stage.ask(id, { ...mail, attempt: 2 })).toMatchObject({ go: 'end' });
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'ended' }]);
  });

  it('is sent when the purchase is committed after its claim (S19)', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = await server(
      smtpServer({
        onData(stream, _session, callback) {
          stream.resume();
          stream.on('end', () => void released.then(() => callback(null)));
        },
      }),
    );
    const { others, mailerTo, ask, enrol, event, rows } = await start(SEND('transactional'), {
      head: 'exit_on: [order.completed]',
    });
    const id = await enrol('p', { trigger });
    const delivering = others({ mailer: mailerTo(slow.url, 5_000) }).ask(id, mail);
    await expect.poll(() => rows(`SELECT status FROM effects`)).toEqual([{ status: 'claimed' }]);
    await event('order.completed', { messageId: 'bought' });
    release();
    expect(await delivering).toEqual({ go: 'next' });
    expect(await effects()).toMatchObject([{ status: 'done' }]);
    const finish = { name: 'finish', path: 'finish', ending: { outcome: 'completed', reason: 'steps' } } as const;
    expect(await ask(id, finish)).toMatchObject({ go: 'end', ending: { outcome: 'exited', event: 'bought' } });
  });

  it('goes to nobody who withdrew consent a moment ago, though that is not consumed yet', async () => {
    const { ask, enrol, event, step, mails } = await start(SEND('marketing'));
    const id = await enrol('p', { trigger });
    await step(START + MINUTE);
    await event('identify', {
      waits: true,
      patches: [{ type: 'contact', id: 'ada', traits: { consent: { marketing: false } } }],
    });
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'consent' }]);
  });

  it('of a ghost is withheld (N4)', async () => {
    const { ask, enrol, mails } = await start(SEND('marketing'));
    expect(await ask(await enrol('p', { trigger, ghost: true }), mail)).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'holdout' }]);
  });

  it('for a ticket goes to its contact, whose lock is taken with the ticket’s', async () => {
    const head = 'subject: ticket';
    const { ask, enrol, mails, record } = await start(SEND('transactional'), { head });
    await record('ticket', '77', { contactId: 'ada' });
    expect(await ask(await enrol('p', { trigger, subject: { type: 'ticket', id: '77' } }), mail)).toEqual({
      go: 'next',
    });
    expect(mails).toHaveLength(1);
  });
});

describe('a place under the cap (P2)', () => {
  const caps = { settings: { caps: { marketing: { atMost: 1, perMs: HOUR, ifCapped: { kind: 'skip' } } } } };

  it('is reserved by the claim, within a batch and across batches', async () => {
    const { askAll, ask, enrol, mails, rows } = await start(SEND('marketing'), caps);
    const ids = [];
    for (const key of ['a', 'b', 'c', 'd']) ids.push(await enrol('p', { trigger, key }));
    await Promise.all([askAll(ids.slice(0, 3).map((id) => ({ id, command: mail }))), ask(ids[3]!, mail)]);
    expect(mails).toHaveLength(1);
    expect(await rows('SELECT status, reason, count(*)::int AS n FROM effects GROUP BY 1, 2 ORDER BY 1')).toEqual([
      { status: 'done', reason: null, n: 1 },
      { status: 'refused', reason: 'cap', n: 3 },
    ]);
  });

  it('is given back by a definite failure, and kept where it is not known', async () => {
    const no = await server(refusing('rcpt', 550, '5.1.1 no such user'));
    const { others, mailerTo, ask, enrol, mails } = await start(SEND('marketing'), caps);
    const refused = await others({ mailer: mailerTo(no.url) }).ask(await enrol('p', { trigger, key: 'a' }), mail);
    expect(refused).toMatchObject({ go: 'failed', permanent: true, code: 'smtp-550-5.1.1' });
    expect(await messages()).toEqual([{ status: 'failed', error: 'smtp-550-5.1.1' }]);
    const lost = await server(failingAt('end', 'hang-up'));
    const unknown = await others({ mailer: mailerTo(lost.url) }).ask(await enrol('p', { trigger, key: 'b' }), mail);
    expect(unknown).toEqual({ go: 'next' });
    await ask(await enrol('p', { trigger, key: 'c' }), mail);
    expect(mails).toEqual([]);
    expect(await stage.rows('SELECT status, reason FROM effects ORDER BY status')).toMatchObject([
      { status: 'failed' },
      { status: 'refused', reason: 'cap' },
      { status: 'unknown' },
    ]);
  });

  it('goes, at a release, to the held message whose firing was first, whoever asks first', async () => {
    const quiet = { quietHours: { startMinute: 0, endMinute: 1439 }, ...caps.settings };
    const { ask, enrol, step, rows } = await start(SEND('marketing'), { settings: quiet });
    const later = await enrol('p', { trigger, key: 'later', at: START });
    const sooner = await enrol('p', { trigger, key: 'sooner', at: START - HOUR });
    for (const id of [later, sooner]) expect((await ask(id, mail)).go).toBe('sleep');
    const [held] = await rows<{ at: number }>('SELECT at FROM messages LIMIT 1');
    expect(await messages()).toEqual([
      { status: 'held', error: null },
      { status: 'held', error: null },
    ]);
    await step(held!.at);
    await rows(
      `UPDATE settings SET value = jsonb_set(value, '{settings,quietHours}', '{"startMinute": 0, "endMinute": 0}') WHERE name = 'surroundings'`,
    );
    await step(held!.at + 1);
    for (const id of [later, sooner]) await ask(id, { ...mail, at: held!.at });
    expect(await rows('SELECT enrolment_id, status FROM effects ORDER BY status')).toEqual([
      { enrolment_id: sooner, status: 'done' },
      { enrolment_id: later, status: 'refused' },
    ]);
  });
});

describe('a handover that failed', () => {
  it('is tried again under the same Message-ID, and each try is answered once', async () => {
    const away = await server(refusing('data', 451, '4.3.0 try later'));
    const { others, mailerTo, ask, enrol, mails, rows } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    const first = await others({ mailer: mailerTo(away.url) }).ask(id, mail);
    expect(first).toMatchObject({ go: 'failed', permanent: false, code: 'smtp-451-4.3.0' });
    // Asked again for the same try, by a worker that lost the answer.
    expect(await ask(id, mail)).toEqual(first);
    const [before] = await rows<{ provider_id: string }>('SELECT provider_id FROM messages');
    expect(await ask(id, { ...mail, attempt: 2 })).toEqual({ go: 'next' });
    expect((await simpleParser(mails[0]!)).messageId).toBe(before!.provider_id);
    expect(await effects()).toMatchObject([{ status: 'done' }]);
  });

  it('passes the gates again before the next try', async () => {
    const away = await server(refusing('data', 451, '4.3.0 try later'));
    const { others, mailerTo, ask, enrol, record, mails } = await start(SEND('marketing'));
    const id = await enrol('p', { trigger });
    await others({ mailer: mailerTo(away.url) }).ask(id, mail);
    await record('contact', 'ada', { suppression: 'unsubscribed' });
    expect(await ask(id, { ...mail, attempt: 2 })).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'suppressed' }]);
  });
});

describe('a crash between claim and answer (P4)', () => {
  /** Claims and hands over, and dies before the answer is written. */
  async function crash(id: string, url?: string): Promise<void> {
    const { rows, others, mailerTo, ask } = stage;
    const mailer = url === undefined ? ask : others({ mailer: mailerTo(url) }).ask;
    await rows(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died'; END $$`);
    await rows(
      `CREATE TRIGGER dies BEFORE UPDATE ON effects FOR EACH ROW WHEN (OLD.status = 'claimed') EXECUTE FUNCTION die()`,
    );
    await expect(mailer(id, mail)).rejects.toThrow('died');
    await rows('DROP TRIGGER dies ON effects');
    await rows('DROP FUNCTION die');
  }
  const leaseOver = () => stage.rows(`UPDATE effects SET lease_until = clock_timestamp() - interval '1 second'`);

  it('is left alone while the lease runs', async () => {
    const { ask, enrol, mails } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    await crash(id);
    expect(mails).toHaveLength(1);
    expect((await ask(id, mail)).go).toBe('again');
    expect(mails).toHaveLength(1);
  });

  it('a provider that has it is believed: it is not sent again', async () => {
    const asked: string[] = [];
    const { ask, enrol, mails, rows } = await start(SEND('marketing'), {
      ask: async (id) => {
        asked.push(id);
        return 'taken';
      },
    });
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(1);
    expect(asked).toEqual([(await simpleParser(mails[0]!)).messageId]);
    expect(await messages()).toEqual([{ status: 'sent', error: null }]);
    expect(await effects()).toMatchObject([{ status: 'done' }]);
    expect(await rows(`SELECT name FROM events`)).toEqual([{ name: 'email.sent' }]);
    expect(await rows('SELECT context FROM step_answers')).toEqual([{ context: { status: 'sent', to: 'ada' } }]);
  });

  it('a provider that does not have it gets it, under the same name', async () => {
    const { ask, enrol, mails } = await start(SEND('marketing'), { ask: async () => 'not-taken' });
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    const ids = await Promise.all(mails.map(async (text) => (await simpleParser(text)).messageId));
    expect(new Set(ids).size).toBe(1);
    expect(mails).toHaveLength(2);
    expect(await messages()).toEqual([{ status: 'sent', error: null }]);
  });

  it('marketing that nobody knows of is held, visibly, and the journey goes on', async () => {
    const { ask, enrol, mails, rows } = await start(SEND('marketing'));
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(1);
    expect(await messages()).toEqual([{ status: 'unknown', error: 'crash' }]);
    expect(await effects()).toMatchObject([{ status: 'unknown' }]);
    expect(await rows('SELECT context FROM step_answers')).toEqual([{ context: { status: 'unknown', to: 'ada' } }]);
    expect(await rows('SELECT name FROM events')).toEqual([]);
  });

  it('what matters to somebody is sent again, under the same name', async () => {
    const { ask, enrol, mails } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    const ids = await Promise.all(mails.map(async (text) => (await simpleParser(text)).messageId));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('an exit that came meanwhile stops what was not taken', async () => {
    const { ask, enrol, event, mails } = await start(SEND('transactional'), {
      head: 'exit_on: [order.completed]',
      ask: async () => 'not-taken',
    });
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    await event('order.completed', { waits: true });
    expect((await ask(id, mail)).go).toBe('end');
    expect(mails).toHaveLength(1);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'ended' }]);
  });

  it('a worker that was overtaken writes nothing, though the other has not ended either', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const silent = await server(failingAt('greeting', 'silence'));
    const slow = await server(
      smtpServer({
        onData(stream, _session, callback) {
          stream.resume();
          stream.on('end', () => void released.then(() => callback(null)));
        },
      }),
    );
    const { others, mailerTo, enrol, rows } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    const overtaken = others({ mailer: mailerTo(silent.url, 800) }).ask(id, mail);
    await expect.poll(() => rows('SELECT status FROM effects')).toEqual([{ status: 'claimed' }]);
    await leaseOver();
    const overtaking = others({ mailer: mailerTo(slow.url, 5_000) }).ask(id, mail);
    expect((await overtaken).go).toBe('again');
    release();
    expect(await overtaking).toEqual({ go: 'next' });
    expect(await effects()).toMatchObject([{ status: 'done' }]);
  });
});

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
    expect(await others({ mailer: mailerTo(picky.url) }).ask(id, mail)).toMatchObject({ go: 'failed' });
    await rows(`UPDATE messages SET status = 'sent' WHERE person_id = 'kim'`);
    expect(await ask(id, { ...mail, attempt: 2 })).toEqual({ go: 'next' });
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
    expect((await failing.ask(id, mail)).go).toBe('failed');
    expect((await failing.ask(id, { ...mail, attempt: 2 })).go).toBe('failed');
    expect(await ask(id, { ...mail, attempt: 3 })).toEqual({ go: 'next' });
    expect(await rows('SELECT traits FROM tickets')).toMatchObject([
      { traits: { priority: 'high', assignee: 'lena' } },
    ]);
    expect(await rows(`SELECT count(*)::int AS n FROM events WHERE name = 'ticket.updated'`)).toEqual([{ n: 1 }]);
    expect((await simpleParser(mails[0]!)).text?.trim()).toBe('normal');
    expect(await rows('SELECT status, claim, detail FROM effects')).toMatchObject([
      { status: 'done', claim: null, detail: { priority: 'high', to: 'lena' } },
    ]);
  });
});
