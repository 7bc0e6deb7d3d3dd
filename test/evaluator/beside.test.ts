/** Evaluators beside each other on one database: nothing twice, nothing lost, and nobody waits for each other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { runEvaluator } from '../../evaluator/evaluator.ts';
import { UnitOfWork } from '../../evaluator/round/unit-of-work.ts';
import type { WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { randomOf } from '../../simulate/random.ts';
import { lockSubjects } from '../../store/evaluation/subjects.ts';
import { appendSystemEvents } from '../../store/events/events.ts';
import { firstPending } from '../../store/events/pending-events.ts';
import { retractSystemEvents } from '../../store/events/retracted-system-events.ts';
import { stepClock } from '../../store/postgres/clock.ts';
import { type Database, DatabaseTimeout, type Queryable } from '../../store/postgres/database.ts';
import { type Evaluation, type SentEvent, silent, startEvaluation } from '../support/evaluation.ts';
import { untilWaitedFor } from '../support/lock-waits.ts';

const file = (name: string, trigger: string): WorkspaceFile => ({
  path: `${name}.yaml`,
  text: `playbook: ${name}\ntrigger: ${trigger}\nagain: always\nsteps: [{ wait: 1h }]\n`,
});
const WATCHING = [
  file('left', '{ event: cart.updated, unless: order.completed, within: 1h, key: event.cart }'),
  file('often', '{ event: cart.updated, at_least: 3, within: 2h }'),
  file('bought', '{ sequence: [cart.updated, order.completed], within: 3h }'),
  file('quiet', '{ inactive: [cart.updated, order.completed], for: 4h }'),
];
const START = Date.parse('2026-03-02T10:00:00.000Z');
const MINUTE_MS = 60_000;

const open: Evaluation[] = [];
afterEach(async () => {
  for (const evaluation of open.splice(0)) await evaluation.close();
});
const start = async (files: WorkspaceFile[]) => {
  const evaluation = await startEvaluation(isoInstant(START), files);
  open.push(evaluation);
  return evaluation;
};

interface Sent {
  sentAt: number;
  event: SentEvent;
}

/** Carts and orders of some people and visitors, who become known at times; a third late by up to three hours. */
function history(seed: number): Sent[] {
  const random = randomOf(seed, 'beside');
  const sent = Array.from({ length: 70 }, (_, n): Sent => {
    const at = START + random.int(1, 360) * MINUTE_MS;
    const known = { contactId: `p${random.int(1, 4)}` };
    const visitor = { anonymousId: `v${random.int(1, 3)}` };
    const merges = random.chance(0.1);
    const ids = merges ? { ...known, ...visitor } : random.chance(0.2) ? visitor : known;
    const name = merges ? 'identify' : random.chance(0.7) ? 'cart.updated' : 'order.completed';
    const kind = merges ? 'identify' : 'track';
    const properties = { cart: `c${random.int(1, 2)}` };
    const sentAt = random.chance(0.35) ? at + random.int(1, 180) * MINUTE_MS : at;
    return { sentAt, event: { id: `m${n}`, kind, name, at: isoInstant(at), ids, properties } };
  });
  return sent.sort((a, b) => a.sentAt - b.sentAt);
}

/** Plays it with so many evaluators, and says what stands at its end. */
async function livedWith(evaluators: number, seed: number): Promise<{ standing: object[]; complaints: unknown[] }> {
  const { database, evaluator, send, step } = await start(WATCHING);
  const complaints: unknown[] = [];
  const complain = (fields: object, message: string) => void complaints.push({ ...fields, message });
  const log = { ...silent, warn: complain, error: complain };
  const others = Array.from({ length: evaluators - 1 }, () => runEvaluator({ database, log }));
  const random = randomOf(seed, 'batches');
  const sent = history(seed);
  for (let next = 0; next < sent.length; ) {
    const some = sent.slice(next, next + random.int(1, 9));
    next += some.length;
    await stepClock(database.pool, some.at(-1)!.sentAt);
    // Each in a transaction of its own, so that several evaluators find some.
    for (const { event } of some) await send(event);
    if (random.chance(0.4)) await evaluator.idle();
  }
  await step(isoInstant(START + 24 * 60 * MINUTE_MS));
  for (const other of others) await other.stop();
  const { rows: standing } = await database.pool.query(
    `SELECT playbook, subject_id, key, coalesce(stands_at, at) AS at, moved FROM firings
      WHERE undone_by IS NULL OR moved ORDER BY 1, 2, 3, 4`,
  );
  const { rows: states } = await database.pool.query(
    `SELECT subject_id, owner, key, state, due_at FROM trigger_states WHERE owner <> 'awaited:' ORDER BY 1, 2, 3`,
  );
  const { rows: twice } = await database.pool.query('SELECT id FROM enrolments GROUP BY id HAVING count(*) > 1');
  expect(twice).toEqual([]);
  return { standing: [...standing.map(({ moved: _, ...row }) => row), ...states], complaints };
}

describe('several evaluators', () => {
  it.each([1, 2, 3, 4])(
    'end where one ends, whoever took which event (history %i)',
    async (seed) => {
      const alone = await livedWith(1, seed);
      expect(alone.standing.length).toBeGreaterThan(20);
      const together = await livedWith(3, seed);
      expect(together).toEqual({ standing: alone.standing, complaints: [] });
    },
    60_000,
  );

  it('that count for the same playbooks do not wait for each other', async () => {
    const { database } = await start(WATCHING);
    const counted = (before: string, closed: string) => {
      const verdicts = new UnitOfWork();
      const subject = { type: 'contact' as const, id: before };
      verdicts.beforeDeploy.add({ playbook: before, subject, at: START, key: '' });
      verdicts.beyond.closed(subject, closed, 'k', START);
      return verdicts;
    };
    // The first rests between two of its statements until the other waits for it: in a circle neither would end.
    let arrived = 0;
    const write = (verdicts: UnitOfWork) =>
      database.transaction(async (client) => {
        const slow = {
          async query(...args: [string, unknown[]]) {
            if (/SET closed_keys/.test(args[0]) && ++arrived === 1) await untilWaitedFor(client);
            return client.query(...args);
          },
        };
        await verdicts.write(slow as unknown as Queryable);
      });
    await Promise.all([write(counted('left', 'often')), write(counted('often', 'left'))]);
    const { rows } = await database.pool.query(
      'SELECT playbook, before_deploy AS b, closed_keys AS c FROM deployments WHERE before_deploy > 0 ORDER BY 1',
    );
    expect(rows).toEqual([
      { playbook: 'left', b: 1, c: 1 },
      { playbook: 'often', b: 1, c: 1 },
    ]);
  });
});

it('a batch that is too much for one transaction is taken in smaller ones', async () => {
  const { database, evaluator, send } = await start(WATCHING);
  await evaluator.stop();
  await send(...Array.from({ length: 60 }, (_, n) => ({ name: 'order.completed', ids: { contactId: `p${n}` } })));
  const slow: Database = {
    ...database,
    transaction: (work, options) => database.transaction((client, commit) => work(upTo(client, 10), commit), options),
  };
  const second = runEvaluator({ database: slow, log: silent });
  try {
    for (let n = 0; n < 1_000 && (await firstPending(database.pool)) !== undefined; n++) await sleep(50);
    expect(await firstPending(database.pool)).toBeUndefined();
  } finally {
    await second.stop();
  }
});

/** A connection on which a transaction with more events than that is cut. */
function upTo(client: PoolClient, most: number): PoolClient {
  const query = async (sql: string, values?: unknown[]) => {
    const result = await client.query(sql, values);
    const claims = /FROM pending_events .*SKIP LOCKED/s.test(sql);
    if (claims && result.rows.length > most) throw new DatabaseTimeout('A transaction was cut.');
    return result;
  };
  return { query } as unknown as PoolClient;
}

describe('an event of its own that was taken back while somebody waited for its subject (E9)', () => {
  it('fires nothing', async () => {
    const { database, evaluator, firings, step } = await start([file('breached', '{ event: sla.breached }')]);
    await database.transaction((client) => lockSubjects(client, [{ type: 'contact', id: 'ada' }]));
    await database.transaction(async (holder) => {
      await lockSubjects(holder, [{ type: 'contact', id: 'ada' }]);
      const own = { name: 'sla.breached', subjects: [{ type: 'contact' as const, id: 'ada' }], properties: {} };
      await database.transaction((client) => appendSystemEvents(client, [{ ...own, messageId: 'breach' }]));
      evaluator.poke();
      await untilWaitedFor(holder);
      await retractSystemEvents(holder, new Map([['breach', 'late']]), new Set(['sla.breached']));
    });
    await step('2026-03-02T10:01:00.000Z');
    expect(await firings()).toEqual([]);
  });
});
