/** T11 on PostgreSQL: walks in chunks with a stored cursor, and nothing twice. */
import { afterEach, describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { currentDeployed } from '../../evaluator/deployed-program.ts';
import { runEvaluator } from '../../evaluator/evaluator.ts';
import { openSchedules } from '../../evaluator/schedules/walk-schedules.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { Traits } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { stepClock } from '../../store/postgres/clock.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { type Evaluation, type SentEvent, silent, startEvaluation } from '../support/evaluation.ts';

const weekly = (more = '', rest = '') => `
playbook: weekly
time_zone: Europe/Berlin
trigger: { schedule: monday at "09:00"${more} }
audience: contact.stage == "customer"
again: always
${rest}
steps:
  - record: greeted
`;

let evaluation: Evaluation;
/** Monday the 2nd of March 2026, 07:30 in Berlin. */
const start = async (text: string, at = '2026-03-02T06:30:00.000Z') => {
  evaluation = await startEvaluation(at, [{ path: `${/playbook: (\S+)/.exec(text)?.[1]}.yaml`, text }]);
  // Its walks are begun: were the clock moved before, a zone that comes with the first events would be new only a minute later.
  await evaluation.evaluator.idle();
  return evaluation;
};
afterEach(() => evaluation.close());

const identify = (id: string, traits: Traits): SentEvent => ({
  name: 'identify',
  kind: 'identify',
  ids: { contactId: id },
  patches: [{ type: 'contact', id, traits }],
});

/** `03-02 08:00 ada enrolled` of each firing, in order. */
async function fired(): Promise<string[]> {
  const { rows } = await evaluation.database.pool.query<{
    at: number;
    who: string;
    status: string;
    reason: string | null;
  }>('SELECT at, subject_id AS who, status, reason FROM firings ORDER BY at, subject_id, key');
  return rows.map(
    ({ at, who, status, reason }) => `${isoInstant(at).slice(5, 16).replace('T', ' ')} ${who} ${reason ?? status}`,
  );
}

/** So many contacts as an import leaves them. */
const fill = (count: number) =>
  evaluation.database.pool.query(
    `INSERT INTO contacts (id, traits, created_at, updated_at)
     SELECT 'c' || lpad(n::text, 5, '0'), '{"stage":"customer"}', cuebook_now(), cuebook_now()
       FROM generate_series(1, $1) n`,
    [count],
  );

describe('a schedule fires for every subject in the audience (T11)', () => {
  it('at the scheduled instant, and leaves no trace of the others', async () => {
    const { send, step, database } = await start(weekly());
    await send(
      identify('ada', { stage: 'customer' }),
      identify('cem', { stage: 'lead' }),
      identify('bea', { stage: 'customer' }),
    );
    await step('2026-03-02T07:59:59.999Z');
    expect(await fired()).toEqual([]);
    await step('2026-03-02T08:00:00.001Z');
    expect(await fired()).toEqual(['03-02 08:00 ada enrolled', '03-02 08:00 bea enrolled']);
    const { rows } = await database.pool.query('SELECT evidence, trigger, by_time FROM firings LIMIT 1');
    expect(rows).toEqual([
      { evidence: [], trigger: { at: '2026-03-02T08:00:00.000Z', properties: {} }, by_time: false },
    ]);
  });

  it('at the local time of each with `time_zone: subject`, in a zone that nobody had before as well', async () => {
    const { send, step } = await start(weekly(', time_zone: subject'));
    await send(
      identify('ada', { stage: 'customer' }),
      identify('bea', { stage: 'customer', time_zone: 'America/New_York' }),
      identify('odd', { stage: 'customer', time_zone: 'Moon/Crater' }),
    );
    await step('2026-03-02T13:00:00.000Z');
    expect(await fired()).toEqual(['03-02 08:00 ada enrolled', '03-02 08:00 odd enrolled']);
    await send(identify('cem', { stage: 'customer', time_zone: 'America/Lima' }));
    await step('2026-03-02T15:00:00.000Z');
    expect((await fired()).slice(2)).toEqual(['03-02 14:00 bea enrolled', '03-02 14:00 cem enrolled']);
  });

  it('by one zone in whatever spellings it is written, each once (T0)', async () => {
    const { send, step } = await start(weekly(', time_zone: subject'));
    await send(
      identify('ada', { stage: 'customer', time_zone: 'America/New_York' }),
      identify('bea', { stage: 'customer', time_zone: ' america/new york' }),
      identify('cem', { stage: 'customer', time_zone: '-05:00' }),
      identify('odd', { stage: 'customer', time_zone: 'EST time' }),
    );
    await step('2026-03-02T15:00:00.000Z');
    expect(await fired()).toEqual([
      '03-02 08:00 odd enrolled',
      '03-02 14:00 ada enrolled',
      '03-02 14:00 bea enrolled',
      '03-02 14:00 cem enrolled',
    ]);
  });

  it('once for each colleague, and for the workspace', async () => {
    const { step, database } = await start(
      'playbook: report\nsubject: colleague\ntrigger: { schedule: daily at "08:00" }\nagain: always\nsteps: [{ record: sent }]',
    );
    await step('2026-03-02T12:00:00.000Z');
    const { rows } = await database.pool.query<{ value: { people: { persons: unknown[] } } }>(
      "SELECT value FROM settings WHERE name = 'surroundings'",
    );
    const persons = rows[0]!.value.people.persons.length;
    expect(persons).toBeGreaterThan(1);
    expect((await fired()).filter((line) => line.endsWith('enrolled'))).toHaveLength(persons);
  });
});

describe('an enrolment that a schedule began', () => {
  it.each(['2026-03-02T08:00:00.001Z', '2026-03-02T08:30:00.000Z'])(
    'meets what time alone turns, with no event after it (Y4; walked at %s)',
    async (walkedAt) => {
      const goal = 'goal: { becomes: days_since(contact.on) > 2, within: 9d }';
      const { send, database, evaluator } = await start(weekly('', goal));
      await send(identify('ada', { stage: 'customer', on: '2026-03-02' }));
      await evaluator.idle();
      await evaluator.stop();
      await stepClock(database.pool, Date.parse(walkedAt));
      // The timeline goes past the scheduled instant before it is walked.
      if (walkedAt > '2026-03-02T08:01') await send({ name: 'page' });
      const again = runEvaluator({ database, log: silent });
      await again.idle();
      expect(await fired()).toEqual(['03-02 08:00 ada enrolled']);
      await stepClock(database.pool, Date.parse('2026-03-04T23:00:00.001Z'));
      await again.idle();
      await again.stop();
      const { rows } = await database.pool.query('SELECT kind, at FROM journey_inputs');
      expect(rows).toEqual([{ kind: 'goal', at: Date.parse('2026-03-04T23:00:00Z') }]);
    },
  );
});

describe('a walk goes on where it stopped', () => {
  it('in chunks, whoever of several evaluators takes them, and each subject once', async () => {
    const { step, database } = await start(weekly());
    await fill(1_700);
    const others = [runEvaluator({ database, log: silent }), runEvaluator({ database, log: silent })];
    await step('2026-03-02T08:00:00.001Z');
    await Promise.all(others.map((other) => other.stop()));
    const { rows } = await database.pool.query(
      'SELECT count(*)::int AS firings, count(DISTINCT subject_id)::int AS subjects FROM firings',
    );
    expect(rows).toEqual([{ firings: 1_700, subjects: 1_700 }]);
    expect((await database.pool.query('SELECT FROM enrolments')).rowCount).toBe(1_700);
  });

  it('a walk that was cut off after a chunk repeats nobody (N3)', async () => {
    const { step, database, evaluator } = await start(weekly());
    await fill(700);
    await step('2026-03-02T08:00:00.001Z');
    await evaluator.stop();
    // As a crash between two chunks leaves it, and once more from the beginning, as no crash can.
    for (const cursor of ['c00500', null]) {
      await database.pool.query("UPDATE schedules SET next_at = '2026-03-02T08:00:00Z', cursor = $1", [cursor]);
      const again = runEvaluator({ database, log: silent });
      await again.idle();
      await again.stop();
    }
    expect((await database.pool.query('SELECT FROM firings')).rowCount).toBe(700);
    expect((await database.pool.query('SELECT FROM enrolments')).rowCount).toBe(700);
    const { rows } = await database.pool.query('SELECT next_at, cursor FROM schedules');
    expect(rows).toEqual([{ next_at: Date.parse('2026-03-09T08:00:00Z'), cursor: null }]);
  });

  it('what was missed is walked instant by instant, the oldest first, and N1 says what is too late', async () => {
    const { send, evaluator, database } = await start(weekly('', 'too_late_after: 8d'));
    await send(identify('ada', { stage: 'customer' }));
    await evaluator.idle();
    await evaluator.stop();
    await stepClock(database.pool, Date.parse('2026-03-17T00:00:00Z'));
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
    expect(await fired()).toEqual([
      '03-02 08:00 ada too_late_after',
      '03-09 08:00 ada enrolled',
      '03-16 08:00 ada deferred',
    ]);
  });
});

describe('a scheduled instant is a deadline of each timeline (E4)', () => {
  it('the audience is that of the instant, where the timeline has gone past it', async () => {
    const { send, evaluator, database } = await start(weekly());
    await send(identify('ada', { stage: 'customer' }), identify('cem', { stage: 'lead' }));
    await evaluator.idle();
    await evaluator.stop();
    await stepClock(database.pool, Date.parse('2026-03-02T08:01:00Z'));
    await send(
      identify('ada', { stage: 'lost' }),
      identify('cem', { stage: 'customer' }),
      identify('new', { stage: 'customer' }),
    );
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
    expect(await fired()).toEqual(['03-02 08:00 ada enrolled']);
  });

  it('what comes before it is consumed first: an event of that very instant still counts', async () => {
    const { send, evaluator, database } = await start(weekly());
    await evaluator.idle();
    await evaluator.stop();
    await stepClock(database.pool, Date.parse('2026-03-02T08:00:00Z'));
    await send(identify('ada', { stage: 'customer' }));
    const again = runEvaluator({ database, log: silent });
    await stepClock(database.pool, Date.parse('2026-03-02T08:30:00Z'));
    await again.idle();
    await again.stop();
    expect(await fired()).toEqual(['03-02 08:00 ada enrolled']);
  });

  it('somebody who came before it fires, however long the event waits to be consumed', async () => {
    const { send, evaluator, database } = await start(weekly());
    await evaluator.idle();
    await evaluator.stop();
    await send(identify('ada', { stage: 'customer' }));
    const other = await database.pool.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM pending_events FOR UPDATE');
    await stepClock(database.pool, Date.parse('2026-03-02T08:30:00Z'));
    const deployed = await currentDeployed(database.pool, undefined);
    const schedules = openSchedules(database, openWatermark(database));
    for (let n = 0; n < 5; n++) await schedules.walk(deployed!);
    const { rows } = await database.pool.query('SELECT next_at FROM schedules');
    expect(rows).toEqual([{ next_at: Date.parse('2026-03-02T08:00:00Z') }]);
    await other.query('COMMIT');
    other.release();
    const again = runEvaluator({ database, log: silent });
    await again.idle();
    await again.stop();
    expect(await fired()).toEqual(['03-02 08:00 ada enrolled']);
  });

  it('no late event takes it back (E5)', async () => {
    const { send, step, database } = await start(weekly());
    await send(identify('ada', { stage: 'customer' }));
    await step('2026-03-02T08:10:00.000Z');
    await send({ name: 'page', ids: { contactId: 'ada' } });
    await step('2026-03-02T08:20:00.000Z');
    await send({ name: 'page', at: '2026-03-02T07:00:00.000Z', ids: { contactId: 'ada' } });
    await step('2026-03-02T08:30:00.000Z');
    const { rows } = await database.pool.query('SELECT status, undone_by FROM firings');
    expect(rows).toEqual([{ status: 'enrolled', undone_by: null }]);
  });
});

describe('a deployment begins anew what it changes (T18)', () => {
  it('with the first instant after it; rows of the old schedule go', async () => {
    const { send, step, database, evaluator } = await start(weekly());
    await send(identify('ada', { stage: 'customer' }));
    await step('2026-03-02T07:00:00.000Z');
    const text = weekly().replace('monday at "09:00"', 'daily at "08:30"');
    const { versions, workspace } = compileWorkspace([{ path: 'weekly.yaml', text }], registry);
    const surroundings = { settings: workspace.settings, people: workspace.people };
    await deploy(database, { versions, surroundings, listened: [] });
    await evaluator.idle();
    const { rows } = await database.pool.query('SELECT next_at FROM schedules');
    expect(rows).toEqual([{ next_at: Date.parse('2026-03-02T07:30:00Z') }]);
    await step('2026-03-02T12:00:00.000Z');
    expect(await fired()).toEqual(['03-02 07:30 ada enrolled']);
  });

  it('of a playbook that is gone nothing is walked', async () => {
    const { step, database, evaluator } = await start(weekly());
    await evaluator.idle();
    const { workspace } = compileWorkspace([], registry);
    await deploy(database, {
      versions: [],
      surroundings: { settings: workspace.settings, people: workspace.people },
      listened: [],
    });
    await step('2026-03-03T12:00:00.000Z');
    expect((await database.pool.query('SELECT FROM schedules')).rowCount).toBe(0);
  });
});
