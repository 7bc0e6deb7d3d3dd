/** What a crash between claim and answer leaves, and what becomes of it (P4). */
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { failingAt, smtpServer } from '../mail/servers.ts';
import { effects, mail, messages, SEND, server, stage, start, trigger } from './mail-stage.ts';

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
  /** Left by a crash, it is handed over once more, under one name. */
  const sentAgain = async () => {
    const { ask, enrol, mails } = stage;
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    const ids = await Promise.all(mails.map(async (text) => (await simpleParser(text)).messageId));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  };

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

  it('that an older release has left, without saying what it is, is a message’s', async () => {
    const { ask, enrol, mails, rows } = await start(SEND('marketing'), { ask: async () => 'taken' });
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    await rows(`UPDATE effects SET claim = claim - 'kind'`);
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(1);
    expect(await messages()).toEqual([{ status: 'sent', error: null }]);
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
    await start(SEND('transactional'));
    await sentAgain();
  });

  it('a step says itself what holds: an advertisement is sent again, what matters is held', async () => {
    await start(SEND('marketing', '    on_unknown: resend\n'));
    await sentAgain();
    expect(await messages()).toEqual([{ status: 'sent', error: null }]);
    await stage.close();
    await start(SEND('transactional', '    on_unknown: hold\n'));
    const other = await stage.enrol('p', { trigger });
    await crash(other);
    await leaseOver();
    expect(await stage.ask(other, mail)).toEqual({ go: 'next' });
    expect(stage.mails).toHaveLength(1);
    expect(await messages()).toEqual([{ status: 'unknown', error: 'crash' }]);
    expect(await stage.rows('SELECT context FROM step_answers')).toEqual([
      { context: { status: 'unknown', to: 'ada' } },
    ]);
  });

  it('so does a message to colleagues', async () => {
    const { ask, enrol, mails } = await start('  - notify: kim\n    text: Hello\n    on_unknown: hold\n');
    const id = await enrol('p', { trigger });
    await crash(id);
    await leaseOver();
    expect(await ask(id, mail)).toEqual({ go: 'next' });
    expect(mails).toHaveLength(1);
    expect(await effects()).toMatchObject([{ status: 'unknown', reason: 'crash' }]);
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
