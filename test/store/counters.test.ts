/** What is counted for `/metrics`: by the transactions that write, by all processes together, and never less than before. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMigrations } from '../../store/migrate/migrations.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { addIncrements, readCounters } from '../../store/reports/counters.ts';
import { readTotals } from '../../store/reports/totals.ts';
import { fillStore } from '../demo/filled-store.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let test: TestDatabase;
let database: Database;
beforeEach(async () => {
  test = await testDatabase();
  database = openDatabase(test.url);
});
afterEach(async () => {
  await database.close();
  await test.drop();
});

const query = (sql: string, values: unknown[] = []) => database.pool.query(sql, values);

async function counters(): Promise<{ [name: string]: number }> {
  const all = (await readCounters(database)).map(({ kind, playbook, name, count }) => [
    [kind, playbook, name].filter((part) => part !== '').join(' '),
    count,
  ]);
  return Object.fromEntries(all.sort());
}

const addFirings = (from: number, to: number) =>
  query(
    `INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, by_time, made_at)
     SELECT 'f' || n, 'p' || n % 2, 'v', 'contact', 'c', '', now(), 0, '{}', 'refused', false, now()
       FROM generate_series($1::int, $2::int) n`,
    [from, to],
  );

describe('the totals of a playbook', () => {
  it('add up: entered is under way and ended, by how; conversions and what is recorded stand apart', async () => {
    const enrol = (id: string) =>
      query(
        `INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at)
         VALUES ($1, $1, 'p', 'v', 'contact', $1, '', '{}', now())`,
        [id],
      );
    const write = (id: string, path: string, name: string) =>
      query(
        `INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, at)
         VALUES ($1 || $2, $1, 'p', 'v', $2, 'contact', $1, $3, now())`,
        [id, path, name],
      );
    await query(
      `INSERT INTO deployments (playbook, version_hash, trigger_hash, deployed_at) VALUES ('p', 'v', 't', now())`,
    );
    for (const id of ['a', 'b', 'c', 'd', 'e']) await enrol(id);
    await write('a', 'finish', 'converted');
    await write('b', 'finish', 'completed');
    // It had ended when its goal was met; another one goes on after it.
    await write('b', 'goal', 'converted');
    await write('c', 'goal', 'converted');
    await write('d', 'finish', 'exited');
    // A step may record anything, an ending's name too.
    await write('d', 'steps.1', 'converted');
    await write('d', 'steps.2', 'called');
    expect((await readTotals(database)).get('p')).toMatchObject({
      enrolments: 5,
      underWay: 2,
      ended: { completed: 1, converted: 1, exited: 1 },
      conversions: 3,
      recorded: { called: 1, converted: 1 },
    });
  });
});

describe('counters', () => {
  it('count what is written, and what a rollback takes back they never count', async () => {
    await fillStore(database);
    const before = {
      'conversions cart-abandoned': 1,
      'endings cart-abandoned converted': 1,
      'enrolments cart-abandoned': 2,
      'firings cart-abandoned': 3,
      'mails cart-abandoned': 1,
      'outcomes cart-abandoned converted': 1,
      'tasks cart-abandoned': 1,
    };
    expect(await counters()).toEqual(before);
    const failed = database.transaction(async (client) => {
      await client.query("UPDATE firings SET undone_by = 'm1'");
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await counters()).toEqual(before);
  });

  it('count a message that failed for good, once, and not one that waits for its provider', async () => {
    await fillStore(database);
    const set = (status: string, claim: object | null) =>
      query(`UPDATE effects SET status = $1, claim = $2 WHERE id = (SELECT min(id) FROM effects)`, [status, claim]);
    const failed = async () => (await counters())['sends_failed cart-abandoned'];
    await set('failed', { wait: {} });
    expect(await failed()).toBeUndefined();
    await set('failed', null);
    await set('failed', null);
    expect(await failed()).toBe(1);
  });

  it('count a mail when it is handed over, and an escalation when it is done, each once', async () => {
    await fillStore(database);
    await query(
      `INSERT INTO messages (id, effect_id, enrolment_id, playbook, channel, message_class, status, at)
       VALUES ('m1', 'x1', 'e0', 'p', 'email', 'marketing', 'claimed', now()), ('m2', 'x1', 'e0', 'p', 'sms', 'marketing', 'claimed', now())`,
    );
    await query(
      `INSERT INTO effects (id, enrolment_id, path, iteration, kind, status, began_at, at)
       VALUES ('x8', 'e0', 'steps.8', '', 'escalate', 'claimed', now(), now()), ('x9', 'e0', 'steps.9', '', 'escalate', 'done', now(), now())`,
    );
    expect((await counters())['escalations cart-abandoned']).toBe(1);
    for (let n = 0; n < 2; n++) {
      await query("UPDATE messages SET status = 'sent' WHERE playbook = 'p'");
      await query("UPDATE effects SET status = 'done' WHERE id = 'x8'");
    }
    const { 'mails p': mails, 'escalations cart-abandoned': escalations } = await counters();
    expect([mails, escalations]).toEqual([1, 2]);
  });

  it('count a firing that is undone apart; one that is given again counts again', async () => {
    await addFirings(1, 4);
    await query("UPDATE firings SET undone_by = 'm1' WHERE id IN ('f2', 'f4')");
    await query("UPDATE firings SET undone_by = 'm2' WHERE id = 'f2'");
    expect(await counters()).toEqual({ 'firings p0': 2, 'firings p1': 2, 'firings_undone p0': 2 });
    await query("UPDATE firings SET undone_by = NULL WHERE id = 'f2'");
    expect(await counters()).toEqual({ 'firings p0': 3, 'firings p1': 2, 'firings_undone p0': 2 });
  });

  it('go on where a playbook is deployed again', async () => {
    for (const closed of [2, 1]) {
      await query(
        `INSERT INTO deployments (playbook, version_hash, trigger_hash, deployed_at) VALUES ('p', 'v', 't', now())`,
      );
      await query('UPDATE deployments SET closed_keys = $1', [closed]);
      await query('DELETE FROM deployments');
    }
    expect(await counters()).toEqual({ 'closed_keys p': 3 });
  });

  it('are exact and never fall while several write, add up and read at once', async () => {
    const seen: number[] = [];
    let isWriting = true;
    const whileWriting = async (work: () => Promise<unknown>) => {
      while (isWriting) await work();
    };
    const read = async () => {
      const { 'firings p0': p0 = 0, 'firings p1': p1 = 0 } = await counters();
      seen.push(p0 + p1);
    };
    const others = [
      whileWriting(() => addIncrements(database.pool)),
      whileWriting(() => addIncrements(database.pool)),
      whileWriting(read),
    ];
    const write = async (writer: number) => {
      for (let n = 0; n < 50; n++) await addFirings(writer * 1_000 + n * 10, writer * 1_000 + n * 10 + 9);
    };
    await Promise.all([write(1), write(2), write(3)]);
    isWriting = false;
    await Promise.all(others);
    await addIncrements(database.pool);
    expect(await counters()).toEqual({ 'firings p0': 750, 'firings p1': 750 });
    expect((await query('SELECT FROM counter_increments')).rowCount).toBe(0);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('are filled, in a store that has run before there were any, with what it holds', async () => {
    await fillStore(database);
    await query("UPDATE firings SET undone_by = 'm1' WHERE id = 'f1'");
    await query("UPDATE effects SET kind = 'escalate', status = 'done' WHERE id = 'x1'");
    await query("UPDATE deployments SET closed_keys = 2 WHERE playbook = 'cart-abandoned'");
    const counted = await counters();
    await query('TRUNCATE counters, counter_increments');
    const fills = (await readMigrations()).flatMap(({ sql }) => sql.match(/^INSERT INTO counters [^;]*/gm) ?? []);
    for (const fill of fills) await query(fill);
    expect(await counters()).toEqual(counted);
    expect(Object.keys(counted)).toHaveLength(10);
  });
});
