/** T14 on PostgreSQL: `predicts` is stored at each day's start, and compared with what came. */
import { afterEach, describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { runEvaluator } from '../../evaluator/evaluator.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { Traits } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { predictionTotals } from '../../store/evaluation/predictions.ts';
import { stepClock } from '../../store/postgres/clock.ts';
import { type Evaluation, type SentEvent, silent, startEvaluation } from '../support/evaluation.ts';

const predicting = (within = '2d', event = 'cancelled') => ({
  path: 'traits/own.yaml',
  text: `subject: contact
traits:
  risk:
    formula: contact.points * 2
    predicts: { event: ${event}, within: ${within}, when: contact.risk >= 50 }
`,
});
const reader = {
  path: 'reader.yaml',
  text: 'playbook: reader\ntrigger: { event: never, where: contact.risk > 0 }\nsteps: [{ record: x }]\n',
};

let evaluation: Evaluation;
const start = async (at = '2026-03-02T12:00:00Z', trait = predicting()) => {
  evaluation = await startEvaluation(at, [trait, reader]);
  return evaluation;
};
afterEach(() => evaluation.close());

const identify = (id: string, traits: Traits): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  ids: { contactId: id },
  patches: [{ type: 'contact', id, traits }],
});
const cancelled = (id: string, at?: string, properties = {}): SentEvent => ({
  name: 'cancelled',
  ids: { contactId: id },
  properties,
  ...(at !== undefined && { at }),
});

/** `03-02 23:00 ada yes: came` of each row, in order. */
async function rows(): Promise<string[]> {
  const found = await evaluation.database.pool.query<{
    at: number;
    who: string;
    predicted: boolean;
    came: boolean | null;
  }>('SELECT made_at AS at, subject_id AS who, predicted, came FROM predictions ORDER BY made_at, subject_id');
  return found.rows.map(({ at, who, predicted, came }) => {
    const known = came === null ? 'open' : came ? 'came' : 'did not';
    return `${isoInstant(at).slice(5, 16).replace('T', ' ')} ${who} ${predicted ? 'yes' : 'no'}: ${known}`;
  });
}
const of = async (day: string) => (await rows()).filter((row) => row.startsWith(day));

describe("a prediction is stored at each day's start (T14)", () => {
  it('on the clocks of each, for whom `when` has an answer then', async () => {
    const { send, step } = await start();
    await send(
      identify('ada', { points: 30 }),
      identify('bea', { points: 10, time_zone: 'America/New_York' }),
      identify('cem', {}),
    );
    await step('2026-03-02T22:59:59.999Z');
    expect(await rows()).toEqual([]);
    await step('2026-03-02T23:00:00.001Z');
    expect(await rows()).toEqual(['03-02 23:00 ada yes: open']);
    await step('2026-03-04T00:00:00.000Z');
    expect(await rows()).toEqual([
      '03-02 23:00 ada yes: open',
      '03-03 05:00 bea no: open',
      '03-03 23:00 ada yes: open',
    ]);
  });

  it('when the clocks change as well: the first instant that the day has', async () => {
    const { send, step } = await start('2026-03-28T12:00:00Z');
    await send(identify('ada', { points: 30 }));
    await step('2026-03-30T12:00:00Z');
    expect(await rows()).toEqual(['03-28 23:00 ada yes: open', '03-29 22:00 ada yes: open']);
    await evaluation.close();
    // In Cairo the 24th of April begins at 01:00.
    await start('2026-04-22T23:00:00Z');
    await evaluation.send(identify('ada', { points: 30, time_zone: 'Africa/Cairo' }));
    await evaluation.step('2026-04-24T22:00:00Z');
    expect(await rows()).toEqual(['04-23 22:00 ada yes: open', '04-24 21:00 ada yes: open']);
  });

  it('as the record stood then, also where the walk comes late', async () => {
    const { send, evaluator, database } = await start();
    await send(identify('ada', { points: 30 }), identify('bea', { points: 30 }));
    await evaluator.idle();
    await evaluator.stop();
    await stepClock(database.pool, Date.parse('2026-03-02T23:30:00Z'));
    await send(identify('ada', { points: 1 }), cancelled('ada'), identify('new', { points: 30 }));
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
    expect(await rows()).toEqual(['03-02 23:00 ada yes: came', '03-02 23:00 bea yes: open']);
  });
});

describe('and compared with what came', () => {
  it('an event of the very instant of the day does not count, one at the end of the time does', async () => {
    const { send, step } = await start();
    const ids = ['at', 'after', 'end', 'past', 'none'];
    await send(...ids.map((id) => identify(id, { points: 30 })));
    await step('2026-03-02T23:00:00.001Z');
    await send(cancelled('at', '2026-03-02T23:00:00.000Z'), cancelled('after', '2026-03-02T23:00:00.001Z'));
    await step('2026-03-04T23:00:00.000Z');
    await send(cancelled('end', '2026-03-04T23:00:00.000Z'));
    await step('2026-03-04T23:00:00.001Z');
    await send(cancelled('past', '2026-03-04T23:00:00.001Z'));
    await step('2026-03-04T23:30:00.000Z');
    expect(await of('03-02')).toEqual([
      '03-02 23:00 after yes: came',
      '03-02 23:00 at yes: did not',
      '03-02 23:00 end yes: came',
      '03-02 23:00 none yes: did not',
      '03-02 23:00 past yes: did not',
    ]);
  });

  it('a late event changes what was known to have failed (E5); its `where` is heeded', async () => {
    const { send, step, database } = await start(
      '2026-03-02T12:00:00Z',
      predicting('1d', '{ event: cancelled, where: event.of == "plan" }'),
    );
    await send(identify('ada', { points: 30 }), identify('bea', { points: 1 }));
    await step('2026-03-04T12:00:00Z');
    await send({ name: 'page', ids: { contactId: 'ada' } });
    await step('2026-03-04T12:01:00Z');
    expect(await of('03-02')).toEqual(['03-02 23:00 ada yes: did not', '03-02 23:00 bea no: did not']);
    await send(
      cancelled('ada', '2026-03-03T10:00:00Z', { of: 'plan' }),
      cancelled('bea', '2026-03-03T10:00:00Z', { of: 'mail' }),
    );
    await step('2026-03-04T12:02:00Z');
    expect(await of('03-02')).toEqual(['03-02 23:00 ada yes: came', '03-02 23:00 bea no: did not']);
    const { rows: named } = await database.pool.query('SELECT DISTINCT came_event FROM predictions WHERE came');
    expect(named).toHaveLength(1);
  });

  it('in figures over what is decided alone', async () => {
    const { send, step, database } = await start();
    const points = { hit: 30, hit2: 30, miss: 30, surprise: 1, rest: 1, rest2: 1, rest3: 1, rest4: 1 };
    await send(...Object.entries(points).map(([id, n]) => identify(id, { points: n })));
    await step('2026-03-02T23:00:00.001Z');
    await send(cancelled('hit'), cancelled('hit2'), cancelled('surprise'));
    const all = { from: 0, to: Date.parse('2027-01-01T00:00:00Z') };
    await step('2026-03-04T22:00:00Z');
    expect(await predictionTotals(database.pool, all)).toEqual([]);
    await step('2026-03-04T23:00:00.001Z');
    expect(await predictionTotals(database.pool, all)).toEqual([
      { trait: 'contact.risk', made: 3, precision: 2 / 3, recall: 2 / 3, base_rate: 3 / 8 },
    ]);
    expect(await predictionTotals(database.pool, { from: 0, to: Date.parse('2026-03-04T23:00:00Z') })).toEqual([]);
  });
});

describe('rows are bounded', () => {
  it('a walk that was cut off after a chunk repeats nobody, and goes on', async () => {
    const { step, database, evaluator } = await start();
    await database.pool.query(
      `INSERT INTO contacts (id, traits, created_at, updated_at)
       SELECT 'c' || lpad(n::text, 5, '0'), '{"points":30}', cuebook_now(), cuebook_now() FROM generate_series(1, 700) n`,
    );
    await step('2026-03-02T23:00:00.001Z');
    await evaluator.stop();
    await database.pool.query("DELETE FROM predictions WHERE subject_id > 'c00500'");
    // As a crash between two chunks leaves it, and once more from earlier on, as no crash can.
    for (const cursor of ['c00500', 'c00100']) {
      await database.pool.query(
        "UPDATE schedules SET next_at = '2026-03-02T23:00:00Z', cursor = $1 WHERE zone = 'Europe/Berlin'",
        [cursor],
      );
      const again = runEvaluator({ database, log: silent });
      await again.idle();
      await again.stop();
      const { rows: counted } = await database.pool.query('SELECT count(*)::int AS n FROM predictions');
      expect(counted).toEqual([{ n: 700 }]);
    }
  });

  it('after 400 days they go', async () => {
    const { send, step, database } = await start();
    await send(identify('ada', { points: 30 }));
    await step('2026-03-03T12:00:00Z');
    await database.pool.query(
      `INSERT INTO predictions SELECT trait, hash, 'old' || n, made_at - interval '1 day' * n, due_at, true, true, 'm'
         FROM predictions, generate_series(398, 402) n`,
    );
    await step('2026-03-03T23:00:00.001Z');
    expect(
      (await database.pool.query("SELECT subject_id AS id FROM predictions WHERE subject_id LIKE 'old%'")).rows,
    ).toEqual([{ id: 'old398' }, { id: 'old399' }]);
  });

  it('a changed trait begins anew, and rows of one that is gone go (T18)', async () => {
    const { send, step, database, evaluator } = await start();
    await send(identify('ada', { points: 30 }));
    await step('2026-03-03T12:00:00Z');
    expect(await rows()).toEqual(['03-02 23:00 ada yes: open']);
    const deployed = async (...files: { path: string; text: string }[]) => {
      const settings = { path: 'settings.yaml', text: 'time_zone: Europe/Berlin\n' };
      const { versions, workspace } = compileWorkspace([settings, ...files], registry);
      const surroundings = { settings: workspace.settings, people: workspace.people };
      await deploy(database, { versions, surroundings, listened: [] });
      await evaluator.idle();
    };
    await deployed(predicting('3d'), reader);
    expect(await rows()).toEqual([]);
    await step('2026-03-04T12:00:00Z');
    expect(await rows()).toEqual(['03-03 23:00 ada yes: open']);
    await deployed();
    expect(await rows()).toEqual([]);
    expect((await database.pool.query('SELECT FROM schedules')).rowCount).toBe(0);
  });
});
