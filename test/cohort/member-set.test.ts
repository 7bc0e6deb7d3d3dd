import { describe, expect, it } from 'vitest';
import type { JourneyNode } from '../../language/model.ts';
import { MemberSet } from '../../workflows/cohort/member-set.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { DAY, effect, program, START } from './support.ts';

const clock = { now: START, warp: 1, readAtMs: 0 };
const pause: JourneyNode = { op: 'pause', path: 'steps.0' };

function rosterOf(steps: JourneyNode[], ids = ['a', 'b']) {
  const complaints: string[] = [];
  const members = ids.map((id) => ({ id, startedAt: START }));
  const roster = new MemberSet(program(...steps), members, (id, error) => complaints.push(`${id} ${error}`));
  const reply = (answers: { [id: string]: Answer }, nowMs = 0, leaves = false) => {
    const items = Object.entries(answers).map(([id, answer]) => ({ id, answer }));
    return roster.takeReply(roster.takeReady(leaves), { items, clock }, nowMs);
  };
  return { roster, complaints, reply };
}

describe('A roster keeps its members apart', () => {
  it('asks a member once, until it is answered or the batch has come to nothing', () => {
    const { roster } = rosterOf([effect('steps.0')]);
    const items = roster.takeReady(false);
    expect(items.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(roster.takeReady(false)).toEqual([]);
    roster.giveBack(items);
    expect(roster.takeReady(false)).toEqual(items);
  });

  it('asks for what leaves the house apart from what stays', () => {
    const { roster } = rosterOf([effect('steps.0', true)]);
    expect(roster.hasReady(false)).toBe(false);
    expect(roster.takeReady(true)).toHaveLength(2);
  });

  it('asks again for a member whom a reply forgot', () => {
    const { roster, reply } = rosterOf([effect('steps.0')]);
    expect(reply({ a: { go: 'next' } })).toBe(1);
    expect(roster.takeReady(false).map(({ id, command }) => [id, command.name])).toEqual([
      ['a', 'finish'],
      ['b', 'do'],
    ]);
  });

  it('pauses longer each time that a command is answered `again`, and no longer after another answer', () => {
    const { roster, reply } = rosterOf([effect('steps.0'), effect('steps.1')], ['a']);
    let nowMs = 0;
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      reply({ a: { go: 'again', until: START } }, nowMs);
      const [wakeMs] = roster.wakeTimes(clock);
      pauses.push(wakeMs! - nowMs);
      roster.wake(clock, wakeMs! - 1);
      expect(roster.hasReady(false)).toBe(false);
      nowMs = wakeMs!;
      roster.wake(clock, nowMs);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    reply({ a: { go: 'next' } }, nowMs);
    reply({ a: { go: 'again', until: START } }, nowMs);
    expect(roster.wakeTimes(clock)).toEqual([nowMs + 100]);
  });

  it('asks again no sooner than the clock shows what the answer named', () => {
    const { roster, reply } = rosterOf([effect('steps.0')], ['a']);
    reply({ a: { go: 'again', until: START + DAY } });
    expect(roster.wakeTimes(clock)).toEqual([DAY]);
    expect(roster.wakeTimes({ ...clock, warp: 0 })).toEqual([100]);
  });

  it('is over when all have ended, and carries only those who have not', () => {
    const { roster, reply } = rosterOf([pause]);
    reply({ a: { go: 'next' }, b: { go: 'sleep', until: null, then: 'look' } });
    reply({ a: { go: 'ended', outcome: 'completed' } });
    expect(roster.isOver).toBe(false);
    expect(roster.carried().map(({ id, state }) => [id, state?.waiting.for])).toEqual([['b', 'time']]);
    roster.notify([{ id: 'b', input: { n: 1, kind: 'exit', at: START } }]);
    reply({ b: { go: 'ended', outcome: 'exited' } });
    expect(roster.isOver).toBe(true);
  });
});

describe('A reducer that throws fails its member', () => {
  const broken = { go: 'end', at: START } as Answer;

  it('as internal, at its instant, and the others go on', () => {
    const { roster, complaints, reply } = rosterOf([effect('steps.0')]);
    reply({ a: broken, b: { go: 'next' } });
    expect(roster.takeReady(false).map(({ id, command }) => [id, command.at, command.ending?.reason])).toEqual([
      ['a', START, 'internal'],
      ['b', START, 'steps'],
    ]);
    expect(complaints).toHaveLength(1);
  });

  it('at its start too', () => {
    const { roster } = rosterOf([{ op: 'repeat', path: 'steps.0' } as JourneyNode], ['a']);
    roster.takeReady(false);
    const none = new MemberSet({ schema: 1 } as never, [{ id: 'a', startedAt: START }], () => undefined);
    expect(none.takeReady(false)[0]?.command.ending?.reason).toBe('internal');
  });

  it('and is left, loudly, when not even its failure can be taken', () => {
    const { roster, complaints, reply } = rosterOf([effect('steps.0')], ['a']);
    reply({ a: broken });
    reply({ a: null as never });
    reply({ a: undefined as never });
    expect(roster.isOver).toBe(false);
    expect(complaints).toHaveLength(1);
    reply({ a: 7 as never });
    expect(roster.isOver).toBe(true);
    expect(complaints).toHaveLength(2);
  });
});
