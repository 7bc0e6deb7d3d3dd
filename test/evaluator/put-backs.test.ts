/** An event that is put back round after round is told, counted, and in the end set aside: nothing waits in silence. */
import { afterEach, describe, expect, it } from 'vitest';
import { PutBacks } from '../../evaluator/put-backs.ts';
import { openRounds } from '../../evaluator/rounds.ts';
import { stepClock } from '../../store/postgres/clock.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { readBacklog } from '../../store/reports/totals.ts';
import { type Evaluation, silent, startEvaluation } from '../support/evaluation.ts';
import { at, cart, known } from './visitors.ts';

const MINUTE_MS = 60_000;

describe('what is put back', () => {
  const held = { arrival: 7, reason: 'held' } as const;

  it('is nothing to tell of for a minute, and is told each minute from then on', () => {
    let nowMs = 0;
    const putBacks = new PutBacks(silent, () => nowMs);
    const told: number[] = [];
    for (let round = 0; round < 300; round++, nowMs += 1_000)
      for (const one of putBacks.note('', [held])) told.push(one.waitedMs / 1_000);
    expect(told).toEqual([60, 120, 180, 240]);
  });

  it('begins anew once a round of its lane has not put it back; other lanes do not count', () => {
    let nowMs = 0;
    const putBacks = new PutBacks(silent, () => nowMs);
    const told: number[] = [];
    const toldApart: number[] = [];
    for (let round = 0; round < 100; round++, nowMs += 1_000) {
      for (const one of putBacks.note('', round === 50 ? [] : [held])) told.push(one.waitedMs / 1_000);
      for (const one of putBacks.note('contact/ada', [{ arrival: 8, reason: 'held' }])) toldApart.push(one.arrival);
      putBacks.note('contact/bea', []);
    }
    expect(told).toEqual([]);
    expect(toldApart).toEqual([8]);
  });

  it('is not told of where there were few rounds: the machine was busy with others', () => {
    let nowMs = 0;
    const putBacks = new PutBacks(silent, () => nowMs);
    for (let round = 0; round < 9; round++, nowMs += MINUTE_MS) expect(putBacks.note('', [held])).toEqual([]);
    expect(putBacks.note('', [held])).toMatchObject([{ rounds: 10 }]);
  });
});

describe('an event whose subject`s earlier event another transaction holds', () => {
  let evaluation: Evaluation;
  afterEach(() => evaluation.close());

  it('is told and counted after a minute, and is a dead letter after a quarter of an hour; the held one is consumed', async () => {
    evaluation = await startEvaluation(at('10:00'), [cart()]);
    const { database, evaluator, send, step } = evaluation;
    await send(known('cart.updated', '10:00'));
    await step(at('10:30'));
    await evaluator.stop();
    await stepClock(database.pool, Date.parse(at('13:00')));
    // Of before the deadline at 11:00, and held by somebody; and of after it.
    await send({ ...known('viewed', '10:50'), id: 'before' }, { ...known('viewed', '12:00'), id: 'after' });
    const told: { message: string; fields: { [name: string]: unknown } }[] = [];
    const say = (fields: object, message: string) => void told.push({ message, fields: { ...fields } });
    let nowMs = 0;
    const log = { info() {}, warn: say, error: say };
    const rounds = openRounds(database, openWatermark(database), log, () => nowMs);
    const state = async () => {
      const { rows } = await database.pool.query<{ id: string; error: string | null; dead: boolean }>(
        `SELECT e.message_id AS id, p.error, p.set_aside_at IS NOT NULL AS dead
           FROM pending_events p JOIN events e USING (arrival) ORDER BY e.at`,
      );
      return rows;
    };
    const minutes = async (count: number) => {
      for (let round = 0; round < count * 12; round++, nowMs += 5_000) await rounds.together();
    };
    const other = await database.pool.connect();
    await other.query('BEGIN');
    await other.query(
      `SELECT FROM pending_events p JOIN events e USING (arrival) WHERE e.message_id = 'before' FOR UPDATE OF p`,
    );
    await minutes(1);
    expect(told).toEqual([]);
    await minutes(1);
    expect(told.map(({ message }) => message)).toEqual(['an event is put back round after round']);
    expect(told[0]!.fields).toMatchObject({ reason: 'held', isDeadLetter: false });
    expect(await state()).toEqual([
      { id: 'before', error: null, dead: false },
      { id: 'after', error: 'put back: held', dead: false },
    ]);
    expect(await readBacklog(database)).toMatchObject({ putBackEvents: 1, setAsideEvents: 0 });
    // A quarter of an hour has gone since.
    await database.pool.query(
      "UPDATE pending_events SET put_back_at = put_back_at - interval '16 minutes' WHERE put_back_at IS NOT NULL",
    );
    await minutes(1);
    expect(told.at(-1)).toMatchObject({ message: 'an event could not be consumed', fields: { isDeadLetter: true } });
    expect(await readBacklog(database)).toMatchObject({ putBackEvents: 0, setAsideEvents: 1 });
    await other.query('ROLLBACK');
    other.release();
    await rounds.together();
    expect(await state()).toEqual([{ id: 'after', error: 'put back: held', dead: true }]);
  }, 60_000);
});
