/** What leaves the house: claimed before its handover, once, through every gate (section 5, P4). */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { failingAt, refusing, smtpServer } from '../mail/servers.ts';
import { effects, mail, messages, SEND, server, stage, start, trigger } from './mail-stage.ts';
import { HOUR, MINUTE, PUBLIC_URL, SECOND, START } from './stage.ts';

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
    // The provider was silent: the mail waits for it, and now the exit stands before the next try.
    expect(await delivering).toMatchObject({ go: 'again' });
    await stage.step(START + MINUTE);
    expect(await stage.ask(id, mail)).toMatchObject({ go: 'end' });
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
    expect(refused).toEqual({ go: 'next' });
    expect(await messages()).toEqual([{ status: 'refused', error: 'smtp-550-5.1.1' }]);
    const lost = await server(failingAt('end', 'hang-up'));
    const unknown = await others({ mailer: mailerTo(lost.url) }).ask(await enrol('p', { trigger, key: 'b' }), mail);
    expect(unknown).toEqual({ go: 'next' });
    await ask(await enrol('p', { trigger, key: 'c' }), mail);
    expect(mails).toEqual([]);
    expect(await stage.rows('SELECT status, reason FROM effects ORDER BY status, reason DESC')).toMatchObject([
      { status: 'refused', reason: 'smtp-550-5.1.1' },
      { status: 'refused', reason: 'cap' },
      { status: 'unknown' },
    ]);
  });

  it('is counted at the journey’s own instant, however late its transaction runs, as in a test', async () => {
    const delay = { ifCapped: { kind: 'delay', upToMs: HOUR } };
    const settings = { caps: { marketing: { ...caps.settings.caps.marketing, ...delay } } };
    const { ask, enrol, mails, step, rows } = await start(SEND('marketing', '    useful_for: 1h\n'), { settings });
    const [first, second] = [await enrol('p', { trigger, key: 'a' }), await enrol('p', { trigger, key: 'b' })];
    await step(START + 3 * SECOND);
    await ask(first, { ...mail, at: START });
    expect(await rows('SELECT at, sent_at FROM messages')).toMatchObject([{ at: START, sent_at: START + 3 * SECOND }]);
    await step(START + 5 * SECOND);
    // The place is free at the very end of the delay, at which the message is still of use.
    expect(await ask(second, { ...mail, at: START })).toMatchObject({ go: 'sleep', until: START + HOUR });
    await step(START + HOUR + 2 * SECOND);
    expect(await ask(second, { ...mail, at: START + HOUR })).toEqual({ go: 'next' });
    expect(mails).toHaveLength(2);
  });

  it('is counted at the real instant where that is long after the journey’s (S0)', async () => {
    const { ask, enrol, step, rows } = await start(SEND('marketing'), caps);
    const [first, second] = [await enrol('p', { trigger, key: 'a' }), await enrol('p', { trigger, key: 'b' })];
    await step(START + 16 * MINUTE);
    await ask(first, { ...mail, at: START });
    expect(await rows('SELECT at FROM messages')).toMatchObject([{ at: START + 16 * MINUTE }]);
    await step(START + 75 * MINUTE + SECOND);
    expect(await ask(second, { ...mail, at: START + 75 * MINUTE })).toEqual({ go: 'next' });
    expect(await rows('SELECT reason FROM effects WHERE reason IS NOT NULL')).toEqual([{ reason: 'cap' }]);
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

describe('a mail that its provider does not take for the time being (P5)', () => {
  const LATER = async () => server(refusing('data', 451, '4.3.0 try later'));

  it('waits, is tried again under the same Message-ID, and no try comes early', async () => {
    const away = await LATER();
    const { others, mailerTo, ask, enrol, mails, rows, step } = await start(SEND('transactional'));
    const id = await enrol('p', { trigger });
    const first = await others({ mailer: mailerTo(away.url) }).ask(id, mail);
    expect(first).toEqual({ go: 'again', until: START + 1 + 10 * SECOND });
    expect(await effects()).toMatchObject([{ status: 'failed', reason: 'smtp-451-4.3.0' }]);
    // Asked again by a worker that lost the answer.
    expect(await ask(id, mail)).toEqual(first);
    expect(mails).toEqual([]);
    await step(START + 1 + 10 * SECOND);
    const [before] = await rows<{ provider_id: string }>('SELECT provider_id FROM messages');
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect((await simpleParser(mails[0]!)).messageId).toBe(before!.provider_id);
    expect(await effects()).toMatchObject([{ status: 'done' }]);
  });

  it('passes the gates again before the next try', async () => {
    const away = await LATER();
    const { others, mailerTo, ask, enrol, record, mails, step } = await start(SEND('marketing'));
    const id = await enrol('p', { trigger });
    await others({ mailer: mailerTo(away.url) }).ask(id, mail);
    await record('contact', 'ada', { consent: { marketing: false } });
    await step(START + MINUTE);
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toEqual([]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'consent' }]);
  });

  /** Asks for the mail whenever its time has come, until something else is answered. */
  async function untilOver(kind: string, more = '') {
    const away = await LATER();
    const { others, mailerTo, enrol, step, rows } = await start(SEND(kind, more));
    const id = await enrol('p', { trigger });
    const trying = others({ mailer: mailerTo(away.url) });
    for (let tries = 1; ; tries++) {
      const answer = await trying.ask(id, mail);
      if (answer.go !== 'again') {
        const decisions = await rows('SELECT verdict FROM decisions');
        const [{ now }] = (await rows('SELECT (extract(epoch FROM cuebook_now()) * 1000)::bigint AS now')) as [
          { now: number },
        ];
        return { answer, tries, hours: Math.round((now - START) / HOUR), decisions };
      }
      expect(tries).toBeLessThan(100);
      // Whoever comes later than the pause asks is not refused for it.
      await step(Math.max(answer.until, START + 1 + tries * HOUR));
    }
  }

  it('fails after a day where it is no marketing; its reason is told once', async () => {
    const { answer, tries, hours, decisions } = await untilOver('transactional');
    expect(answer).toMatchObject({ go: 'failed', permanent: true, code: 'smtp-451-4.3.0' });
    expect([tries, hours]).toEqual([25, 24]);
    expect(decisions).toEqual([{ verdict: 'failed: smtp-451-4.3.0' }, { verdict: 'failed: smtp-451-4.3.0' }]);
  });

  it('is of no use after three days where it is marketing, and the journey goes on', async () => {
    const { answer, hours } = await untilOver('marketing');
    expect([answer.go, hours]).toEqual(['next', 72]);
    expect(await effects()).toMatchObject([{ status: 'refused', reason: 'not_useful' }]);
    expect(await messages()).toEqual([{ status: 'refused', error: 'not_useful' }]);
  });

  it('is of no use after its useful_for', async () => {
    const { answer, hours } = await untilOver('transactional', '    useful_for: 2h\n');
    expect([answer.go, hours]).toEqual(['next', 2]);
    expect(await messages()).toEqual([{ status: 'refused', error: 'not_useful' }]);
  });
});

describe('what stops mails to an address (P3)', () => {
  it('stops them to every contact that has it, in whatever letters', async () => {
    const { askAll, enrol, record, mails, rows } = await start(SEND('transactional'));
    await record('contact', 'twin', { email: ' Ada@Example.COM', suppression_bounced: true });
    await record('contact', 'bea', { email: 'bea@example.com', suppression_bounced: null });
    const ids: string[] = [];
    for (const id of ['ada', 'bea']) ids.push(await enrol('p', { trigger, subject: { type: 'contact', id } }));
    await askAll(ids.map((id) => ({ id, command: mail })));
    expect(mails).toHaveLength(1);
    expect(await rows(`SELECT contact_id, status, error FROM messages ORDER BY 1`)).toEqual([
      { contact_id: 'ada', status: 'refused', error: 'suppressed' },
      { contact_id: 'bea', status: 'sent', error: null },
    ]);
  });
});

describe('a process that is told to end', () => {
  it('hands over what it has claimed, and claims no more: the rest is asked for again', async () => {
    const { others, mailerTo, enrol, mails, rows } = await start(SEND('transactional'));
    const own = await server(smtpServer({}));
    const mailer = mailerTo(own.url);
    const stopping = new AbortController();
    const worker = others({
      inHandover: 1,
      mailer: {
        ...mailer,
        async send(message) {
          stopping.abort();
          return mailer.send(message);
        },
      },
    });
    const ids: string[] = [];
    for (const key of ['a', 'b', 'c']) ids.push(await enrol('p', { trigger, key }));
    const answers = await worker.askAll(
      ids.map((id) => ({ id, command: mail })),
      stopping.signal,
    );
    expect(answers.map(({ go }) => go)).toEqual(['next', 'again', 'again']);
    expect([own.mails.length, mails.length]).toEqual([1, 0]);
    expect(await rows('SELECT status FROM effects')).toEqual([{ status: 'done' }]);
    // As another process does it.
    expect((await others({}).askAll(ids.map((id) => ({ id, command: mail })))).map(({ go }) => go)).toEqual(
      Array(3).fill('next'),
    );
    expect(mails).toHaveLength(2);
  });
});

describe('a recipient whom the server does not take', () => {
  it('keeps nobody else from the mail, and nobody gets it twice', async () => {
    const picky = await server(
      smtpServer({
        onRcptTo({ address }, _session, callback) {
          const no = Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 });
          callback(address.startsWith('bea') ? no : null);
        },
      }),
    );
    const { others, mailerTo, enrol, record, rows } = await start(SEND('transactional'));
    for (const id of ['bea', 'cleo']) await record('contact', id, { email: `${id}@example.com` });
    const ids: string[] = [];
    for (const id of ['ada', 'bea', 'cleo']) ids.push(await enrol('p', { trigger, subject: { type: 'contact', id } }));
    const worker = others({ mailer: mailerTo(picky.url) });
    const ask = () => worker.askAll(ids.map((id) => ({ id, command: mail })));
    expect((await ask()).map(({ go }) => go)).toEqual(['next', 'next', 'next']);
    expect((await ask()).map(({ go }) => go)).toEqual(['next', 'next', 'next']);
    expect(picky.mails).toHaveLength(2);
    expect(await rows(`SELECT contact_id, status, error FROM messages ORDER BY 1`)).toEqual([
      { contact_id: 'ada', status: 'sent', error: null },
      { contact_id: 'bea', status: 'refused', error: 'smtp-550-5.1.1' },
      { contact_id: 'cleo', status: 'sent', error: null },
    ]);
  });
});

describe('what is claimed and unanswered (P4)', () => {
  it('is no more than the slots for it, whatever comes at once', async () => {
    let open = 0;
    let most = 0;
    const slow = await server(
      smtpServer({
        onData(stream, _session, callback) {
          stream.resume();
          stream.on('end', () => {
            most = Math.max(most, ++open);
            setImmediate(() => {
              open -= 1;
              callback(null);
            });
          });
        },
      }),
    );
    const { others, mailerTo, enrol, rows } = await start(SEND('transactional'));
    const ids: string[] = [];
    for (let n = 0; n < 12; n++) ids.push(await enrol('p', { trigger, key: String(n) }));
    const claimed: number[] = [];
    const looking = setInterval(async () => {
      const [row] = await rows<{ n: number }>(`SELECT count(*)::int AS n FROM effects WHERE status = 'claimed'`);
      claimed.push(row!.n);
    }, 5);
    const worker = others({ mailer: mailerTo(slow.url), inHandover: 2 });
    await Promise.all([
      worker.askAll(ids.slice(0, 8).map((id) => ({ id, command: mail }))),
      worker.askAll(ids.slice(8).map((id) => ({ id, command: mail }))),
    ]);
    clearInterval(looking);
    expect(await rows(`SELECT count(*)::int AS n FROM effects WHERE status = 'done'`)).toEqual([{ n: 12 }]);
    expect(most).toBeLessThanOrEqual(2);
    expect(Math.max(...claimed)).toBeLessThanOrEqual(2);
  });
});
