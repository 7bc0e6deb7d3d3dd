/** Many merges that come together (E6): what each of them gives alone, at little more than the cost of one; others do not wait. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runEvaluator } from '../../../evaluator/evaluator.ts';
import { IDENTITY_LIMITS } from '../../../language/records/identity-log.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type Evaluation, type SentEvent, silent, startEvaluation } from '../../support/evaluation.ts';
import { cart, count, standing, states } from '../visitors.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const START = Date.parse('2026-03-02T00:00:00.000Z');
/** In minutes. */
const at = (n: number) => isoInstant(START + n * 60_000);
const view = (n: number, anonymousId: string): SentEvent => ({
  name: 'viewed',
  id: `v${n}`,
  at: at(n),
  ids: { anonymousId },
});
const claim = (n: number, anonymousId: string, contactId: string): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  id: `i${n}`,
  at: at(n),
  ids: { contactId, anonymousId },
  patches: [{ type: 'contact', id: contactId, traits: { [`seen_${anonymousId}`]: n } }],
});
const alias = (n: number, previousId: string, contactId: string): SentEvent => ({
  name: 'alias',
  kind: 'alias',
  id: `a${n}`,
  at: at(n),
  ids: { contactId },
  properties: { previousId },
});
const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;

/** Counts the statements of the transactions that consume events. */
function counting(database: Database): { database: Database; statements(): number } {
  let statements = 0;
  const counted: Database = {
    ...database,
    pool: database.pool,
    prisma: database.prisma,
    transaction: (work, options) =>
      database.transaction(async (client, commit) => {
        let own = 0;
        let consumes = false;
        const query = async (...args: [string, unknown[]]) => {
          own++;
          const result = await client.query(...args);
          if (/^DELETE FROM pending_events/.test(args[0])) consumes = true;
          return result;
        };
        const done = await work({ query } as unknown as typeof client, commit);
        if (consumes) statements += own;
        return done;
      }, options),
  };
  return { database: counted, statements: () => statements };
}

/** The round that puts events apart hears of its commit only after the other loop has looked, or could have several times. */
function hearingLate(database: Database): Database {
  const asked = vi.spyOn(database.pool, 'query');
  const times = (part: string) => asked.mock.calls.filter(([sql]) => String(sql).includes(part)).length;
  const looksApart = () => times('min(apart)');
  // Who waits for all to be consumed wakes both loops whenever it looks.
  const wakings = () => times('SELECT arrival FROM pending_events WHERE set_aside_at IS NULL ORDER BY');
  return {
    ...database,
    pool: database.pool,
    prisma: database.prisma,
    async transaction(work, options) {
      let putsApart = false;
      const done = await database.transaction((client, commit) => {
        const query = (...args: [string, unknown[]]) => {
          putsApart ||= args[0].startsWith('UPDATE pending_events p SET apart');
          return client.query(...args);
        };
        return work({ query } as unknown as typeof client, commit);
      }, options);
      if (!putsApart) return done;
      const [looks, woken] = [looksApart(), wakings()];
      while (looksApart() === looks && wakings() < woken + 5) await new Promise((resolve) => setTimeout(resolve, 5));
      return done;
    },
  };
}

/** What is so after some events, in batches of a size; and how many statements that took. */
async function played(events: readonly SentEvent[], batch: number, before: readonly SentEvent[] = []) {
  evaluation = await startEvaluation(at(0), [cart(), count()]);
  const { send, evaluator, step } = evaluation;
  await step(at(600));
  if (before.length > 0) await send(...before);
  await evaluator.idle();
  await evaluator.stop();
  const { database, statements } = counting(evaluation.database);
  for (let n = 0; n < events.length; n += batch) {
    await send(...events.slice(n, n + batch));
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
  }
  const traits = await rows('SELECT id, traits FROM contacts ORDER BY id');
  const timeline = await rows(
    'SELECT subject_id, at, name, of_id FROM timeline ORDER BY subject_type, subject_id, at, received_at, of_id, name',
  );
  const told = { standing: await standing(evaluation), states: await states(evaluation), traits, timeline };
  return { ...told, statements: statements() };
}

const devices = (many: number, ...more: readonly ((n: number) => SentEvent)[]) =>
  Array.from({ length: many }, (_, n) => [
    view(3 * n, `d${n}`),
    view(3 * n + 1, `d${n}`),
    claim(3 * n + 2, `d${n}`, 'guest'),
    ...more.map((one) => one(n)),
  ]).flat();

describe('many devices of one user who belongs to an account', () => {
  it('cost in one batch little more than a few do', { timeout: 60_000 }, async () => {
    const member: SentEvent = {
      ...{ name: 'identify', kind: 'identify', id: 'member', at: at(0), ids: { contactId: 'guest' } },
      patches: [{ type: 'contact', id: 'guest', traits: { accountId: 'acme' } }],
    };
    const few = await played(devices(4), 500, [member]);
    await evaluation.close();
    const many = await played(devices(40), 500, [member]);
    expect(many.statements).toBeLessThan(few.statements * 2);
    const told = many.timeline as { subject_id: string; name: string }[];
    expect(told.filter((one) => one.subject_id === 'acme' && one.name === 'identify')).toHaveLength(41);
  });
});

describe('many devices of one user', () => {
  it('end as they do one at a time', { timeout: 60_000 }, async () => {
    const bought = (n: number): SentEvent => ({
      ...view(3 * n + 2.5, `d${n}`),
      name: 'cart.updated',
      id: `bought-${n}`,
    });
    const events = devices(12, bought);
    const { statements: _, ...alone } = await played(events, 1);
    await evaluation.close();
    const { statements, ...together } = await played(events, events.length);
    expect(together).toEqual(alone);
    expect(together.standing).toEqual(['01:35 cart guest enrolled']);
    expect(statements).toBeGreaterThan(0);
  });

  it('cost in one batch little more than a few do', async () => {
    const few = await played(devices(5), 15);
    await evaluation.close();
    const many = await played(devices(150), 450);
    expect(many.statements).toBeLessThan(3 * few.statements);
  });
});

describe('people of their own who sign in at once', () => {
  const signIns = (many: number) =>
    Array.from({ length: many }, (_, n) => [view(n, `d${n}`), claim(300 + n, `d${n}`, `c${n}`)]).flat();

  it('cost in one batch little more than a few do', async () => {
    const few = await played(signIns(5), 10);
    await evaluation.close();
    const many = await played(signIns(200), 400);
    expect(many.standing).toEqual([]);
    expect(many.statements).toBeLessThan(6 * few.statements);
  });
});

describe('an owner of whose ids nothing has come since', () => {
  it('changes without a merge: who takes turns on one device costs no more than who does not', async () => {
    const turns = Array.from({ length: 100 }, (_, n) => [
      claim(2 * n, 'shared', n % 2 ? 'ada' : 'bea'),
      view(2 * n + 1, 'shared'),
    ]);
    const { statements, timeline } = await played(turns.flat(), 200);
    expect(statements).toBeLessThan(150);
    const whose = (timeline as { subject_id: string; name: string; of_id: string | null }[]).flatMap((one) =>
      one.name === 'viewed' && one.of_id ? [one.subject_id] : [],
    );
    expect(whose.filter((id) => id === 'ada')).toHaveLength(50);
    expect(whose.filter((id) => id === 'bea')).toHaveLength(50);
  });
});

describe('claims beyond the limits', () => {
  it('do not count, and decisions say so', async () => {
    const links = IDENTITY_LIMITS.depth + 3;
    await played(
      Array.from({ length: links }, (_, n) => alias(n, `c${n}`, `c${n + 1}`)),
      1,
    );
    const told = await rows("SELECT subject_id, looked FROM decisions WHERE verdict = 'merge_bound' ORDER BY id");
    const looked = { claimed: `c${IDENTITY_LIMITS.depth}`, limit: 'depth', at_most: IDENTITY_LIMITS.depth };
    expect(told).toEqual([{ subject_id: `c${IDENTITY_LIMITS.depth + 1}`, looked }]);
    const counted = await rows("SELECT kind, name, count FROM counter_increments WHERE kind = 'uncounted_claims'");
    expect(counted).toEqual([{ kind: 'uncounted_claims', name: 'depth', count: 1 }]);
    const known = await rows(
      "SELECT id FROM subjects WHERE type = 'contact' AND head_at IS NOT NULL ORDER BY consumed",
    );
    expect(known.map(({ id }) => id)).toEqual([`c${links}`, `c${IDENTITY_LIMITS.depth}`]);
  });
});

describe('a flood of merges', () => {
  it('is worked off apart: a stranger is consumed beside it', async () => {
    evaluation = await startEvaluation(at(0), [cart(), count()]);
    const { send, evaluator, step } = evaluation;
    await step(at(2_000));
    await evaluator.stop();
    const stranger: SentEvent = { name: 'viewed', id: 'stranger', at: at(1_999), ids: { contactId: 'bob' } };
    await send(...devices(30), stranger);
    const again = runEvaluator({ database: evaluation.database, log: silent });
    await again.idle();
    await again.stop();
    // What was put apart was consumed by rounds of its own: the stranger by another.
    const consumedBy = await rows(
      "SELECT xmin::text AS round, id FROM subjects WHERE id IN ('bob', 'guest') AND head_at IS NOT NULL ORDER BY id",
    );
    expect(consumedBy.map(({ id }) => id)).toEqual(['bob', 'guest']);
    expect(consumedBy[0]!.round).not.toBe(consumedBy[1]!.round);
    expect(await rows('SELECT FROM pending_events')).toEqual([]);
  });

  it('of more events than a round claims is one walk: it is gathered, and waits under one key', async () => {
    evaluation = await startEvaluation(at(0), [cart(), count()]);
    const { send, evaluator, step } = evaluation;
    await step(at(2_000));
    await evaluator.stop();
    const flood = devices(180);
    expect(flood.length).toBeGreaterThan(500);
    await send(...flood);
    // How long it may be gathered is not what is looked at: a busy machine's rounds take longer.
    const again = runEvaluator({ database: hearingLate(evaluation.database), log: silent, gatherMs: 60_000 });
    await again.idle();
    await again.stop();
    // Each round that evaluates a contact moves its head: one did.
    const [{ round }] = await rows("SELECT xmin::text AS round FROM subjects WHERE id = 'guest'");
    const claims = await rows('SELECT DISTINCT xmin::text AS round FROM identity_claims');
    expect(claims).toEqual([{ round }]);
  });
});
