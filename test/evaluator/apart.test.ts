/** What costs much, fails, or is held by another transaction is worked off apart: others do not wait (architecture, 2). */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { runEvaluator } from '../../evaluator/evaluator.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Database, DatabaseTimeout } from '../../store/postgres/database.ts';
import { type Evaluation, type SentEvent, silent, startEvaluation } from '../support/evaluation.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const START = Date.parse('2026-03-02T00:00:00.000Z');
const SEEN = 'trigger: { event: seen, at_least: 3, within: 1h }\nagain: always\nsteps: [{ record: x }]';
const ONCE = 'trigger: { event: once }\nsteps: [{ record: x }]';

async function start(): Promise<Evaluation> {
  evaluation = await startEvaluation(isoInstant(START), [
    { path: 'often.yaml', text: `playbook: often\n${SEEN}` },
    { path: 'once.yaml', text: `playbook: once\n${ONCE}` },
  ]);
  return evaluation;
}

const minute = (n: number) => isoInstant(START + n * 60_000);
const seen = (n: number): SentEvent => ({ name: 'seen', at: minute(n) });
const stranger: SentEvent = { name: 'once', ids: { contactId: 'bob' } };
const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;

/** Until a query answers a row. */
async function until(sql: string): Promise<void> {
  for (let n = 0; n < 3_000; n++) {
    if ((await rows(sql)).length > 0) return;
    await sleep(10);
  }
  throw new Error(`never: ${sql}`);
}

/** The database; what is claimed is told, and what that answers is what the query after it fails with. */
function claiming(onClaim: (sql: string, found: { arrival: number }[]) => Error | undefined): Database {
  const { database } = evaluation;
  return {
    ...database,
    pool: database.pool,
    prisma: database.prisma,
    transaction: (work, options) =>
      database.transaction(async (client, commit) => {
        let failure: Error | undefined;
        const query = async (...args: [string, unknown[]]) => {
          if (failure) throw failure;
          const result = await client.query(...args);
          const isClaim = /FROM pending_events\s+WHERE set_aside_at IS NULL AND apart .*FOR UPDATE/s.test(args[0]);
          if (isClaim) failure = onClaim(args[0], result.rows);
          return result;
        };
        return work({ query } as unknown as typeof client, commit);
      }, options),
  };
}

describe('late events of a subject with many', () => {
  it('are one walk, in a transaction of their own, with those that were not claimed', async () => {
    const { send, evaluator, step, firings } = await start();
    await step(minute(10_000));
    for (let n = 0; n < 700; n += 350) await send(...Array.from({ length: 350 }, (_, k) => seen((n + k) * 10)));
    await evaluator.idle();
    await evaluator.stop();
    // With those that were there, six in an hour, there are more than three: late ones make no more firings but the first.
    await send(...Array.from({ length: 900 }, (_, n) => ({ ...seen(n * 7 + 1), name: 'page' })), stranger);
    const claims: { sql: string; events: number }[] = [];
    const database = claiming((sql, found) => {
      if (found.length > 0) claims.push({ sql, events: found.length });
      return undefined;
    });
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
    const apart = claims.filter(({ sql }) => sql.includes('apart = $2'));
    expect(apart.map(({ events }) => events)).toEqual([900]);
    expect(await rows("SELECT consumed FROM subjects WHERE id = 'ada'")).toEqual([{ consumed: 1_600 }]);
    expect(await firings()).toHaveLength(2);
  });
});

describe('a subject that another transaction holds', () => {
  it('is not waited for by the events of others', async () => {
    const { send, evaluator, database, firings } = await start();
    await send(seen(0));
    await evaluator.idle();
    await database.transaction(async (client) => {
      await client.query("SELECT FROM subjects WHERE id = 'ada' FOR UPDATE");
      await send(seen(0), stranger);
      await until("SELECT FROM enrolments WHERE subject_id = 'bob'");
      expect(await rows('SELECT apart FROM pending_events')).toEqual([{ apart: 'contact/ada' }]);
    });
    await evaluator.idle();
    expect(await firings()).toMatchObject([{ playbook: 'once' }]);
    expect(await rows('SELECT FROM pending_events')).toEqual([]);
  });
});

describe('an event whose rounds are cut by their own time limit', () => {
  it.each([
    ['silent too long', Object.assign(new Error('idle in transaction'), { code: '25P03' })],
    ['a statement too long', Object.assign(new Error('statement timeout'), { code: '57014' })],
    ['cut', new DatabaseTimeout('A transaction was cut.')],
  ])('is counted alone, and set aside the fifth time; others go on: %s', async (_, error) => {
    const { send, evaluator, firings } = await start();
    await evaluator.stop();
    await send({ ...seen(0), id: 'poison' }, { ...seen(0), ids: { contactId: 'cleo' } }, stranger);
    const [{ arrival }] = await rows("SELECT arrival FROM events WHERE message_id = 'poison'");
    let cuts = 0;
    const database = claiming((_sql, found) => {
      if (!found.some((one) => one.arrival === arrival)) return undefined;
      cuts++;
      return error;
    });
    const again = runEvaluator({ database, log: silent });
    await until("SELECT FROM enrolments WHERE subject_id = 'bob'");
    const othersAfter = cuts;
    await again.idle();
    await again.stop();
    // Not only when there was nothing else left to try.
    expect(othersAfter).toBeLessThan(cuts);
    expect(await rows('SELECT attempts, set_aside_at IS NOT NULL AS dead FROM pending_events')).toEqual([
      { attempts: 5, dead: true },
    ]);
    expect(await firings()).toMatchObject([{ playbook: 'once' }]);
  });

  it('an outage is nobody`s fault', async () => {
    const { send, evaluator } = await start();
    await evaluator.stop();
    await send(stranger);
    let outages = 0;
    const database = claiming(() => {
      return ++outages <= 8 ? Object.assign(new Error('shutting down'), { code: '57P01' }) : undefined;
    });
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
    expect(await rows('SELECT FROM pending_events')).toEqual([]);
    expect(await rows('SELECT FROM enrolments')).toHaveLength(1);
  });
});
