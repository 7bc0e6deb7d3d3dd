import { afterEach, describe, expect, it } from 'vitest';
import { isoInstant } from '../../../language/time/instants.ts';
import { type Evaluation, type SentEvent, startEvaluation } from '../../support/evaluation.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const DAY_MS = 86_400_000;
const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');
const CONDITION = 'trigger: { event: seen, at_least: 3, within: 1h }\nagain: always\nsteps: [{ record: x }]';
const TRAITS = `subject: contact
traits:
  seen_ever: { count: true, event: seen, over: ever }
  seen_day: { count: true, event: seen, over: 1d }
`;
const USES =
  'trigger: { event: asked }\naudience: contact.seen_ever > 0 && contact.seen_day >= 0\nsteps: [{ record: x }]';

/** A contact with an event every two hours from the beginning of the year on. */
async function busy(count: number, more = ''): Promise<Evaluation> {
  evaluation = await startEvaluation(isoInstant(BEGIN), [
    { path: 'often.yaml', text: `playbook: often\n${CONDITION}\n${more}` },
    { path: 'uses.yaml', text: `playbook: uses\n${USES}` },
    { path: 'traits/seen.yaml', text: TRAITS },
  ]);
  const events: SentEvent[] = Array.from({ length: count }, (_, n) => ({
    name: 'seen',
    at: isoInstant(BEGIN + (n * DAY_MS) / 12),
  }));
  // As they come, or they would be of the future (E3).
  await evaluation.step(isoInstant(BEGIN + (count * DAY_MS) / 12));
  for (let n = 0; n < count; n += 100) {
    await evaluation.send(...events.slice(n, n + 100));
    await evaluation.evaluator.idle();
  }
  return evaluation;
}

const rows = async (sql: string) => (await evaluation.database.pool.query(sql)).rows;
const checkpoints = () => rows('SELECT at, consumed FROM checkpoints ORDER BY at DESC');

describe('a subject with many events has checkpoints (E5)', () => {
  it('one in 256 events; a short timeline has none', async () => {
    await busy(600);
    expect(await checkpoints()).toMatchObject([{ consumed: 512 }, { consumed: 256 }]);
    await evaluation.send({ name: 'seen', ids: { contactId: 'bob' } });
    await evaluation.evaluator.idle();
    expect(await rows('SELECT DISTINCT subject_id FROM checkpoints')).toEqual([{ subject_id: 'ada' }]);
  });

  it('a late event is walked from the latest before it, and those behind it give way', async () => {
    const { send, evaluator, firings } = await busy(600, 'too_late_after: 60d');
    const [before] = await checkpoints();
    const at = BEGIN + 30 * DAY_MS;
    // With one event in two hours, two more within the hour make three.
    await send(...[10, 20].map((n) => ({ id: `late${n}`, name: 'seen', at: isoInstant(at + n * 60_000) })));
    await evaluator.idle();
    expect(await firings()).toMatchObject([
      { playbook: 'often', at: isoInstant(at + 20 * 60_000), status: 'enrolled' },
    ]);
    const [behind, kept] = await checkpoints();
    expect([behind.consumed, kept.consumed]).toEqual([512, 256]);
    expect(before.at - behind.at).toBe((2 * DAY_MS) / 12);
    expect(await rows("SELECT consumed, checkpointed FROM subjects WHERE id = 'ada'")).toEqual([
      { consumed: 602, checkpointed: 512 },
    ]);
  });

  it('an event older than the horizon is stored, counts in ever, and fires nothing', async () => {
    const { send, evaluator, firings } = await busy(600);
    const value = async (trait: string) => {
      const [row] = await rows(`SELECT state FROM trigger_states WHERE owner = 'trait:${trait}'`);
      return row?.state.entries.reduce((n: number, entry: { value: number }) => n + entry.value, 0);
    };
    expect([await value('seen_ever'), await value('seen_day')]).toEqual([600, 12]);
    const old = BEGIN + 5 * DAY_MS;
    await send(...[10, 20, 30].map((n) => ({ id: `old${n}`, name: 'seen', at: isoInstant(old + n * 60_000) })));
    await evaluator.idle();
    expect([await value('seen_ever'), await value('seen_day')]).toEqual([603, 12]);
    expect(await firings()).toEqual([]);
    expect(await rows("SELECT kind, verdict FROM decisions WHERE verdict = 'before_horizon'")).toHaveLength(3);
    // What a later walk begins with has counted it as well.
    await send({ id: 'late', name: 'seen', at: isoInstant(BEGIN + 45 * DAY_MS + 60_000) });
    await evaluator.idle();
    expect(await value('seen_ever')).toBe(604);
  });

  it('merges traits of such an event that no later write has set (E6)', async () => {
    const { send, evaluator } = await busy(600);
    const patches = [{ type: 'contact' as const, id: 'ada', traits: { tier: 'gold' } }];
    await send({ name: 'identify', kind: 'identify', at: isoInstant(BEGIN + DAY_MS), patches });
    await evaluator.idle();
    expect(await rows("SELECT traits->>'tier' AS tier FROM contacts WHERE id = 'ada'")).toEqual([{ tier: 'gold' }]);
  });
});
