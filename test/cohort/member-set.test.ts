import { describe, expect, it } from 'vitest';
import type { JourneyNode } from '../../language/model.ts';
import { MemberSet } from '../../workflows/cohort/member-set.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { DAY, effect, program, START } from './support.ts';

const clock = { now: START, warp: 1, readAtMs: 0 };
const pause: JourneyNode = { op: 'pause', path: 'steps.0' };

function membersOf(steps: JourneyNode[], ids = ['a', 'b']) {
  const complaints: string[] = [];
  const members = ids.map((id) => ({ id, startedAt: START }));
  const complain = (id: string, error: unknown) => complaints.push(`${id} ${error}`);
  const set = new MemberSet({ program: program(...steps), complain }, members);
  const reply = (answers: { [id: string]: Answer }, nowMs = 0) => {
    const items = Object.entries(answers).map(([id, answer]) => ({ id, answer }));
    return set.takeReply(set.takeReady('decide'), { items, clock }, nowMs);
  };
  return { set, complaints, reply };
}

describe('A member set keeps its members apart', () => {
  it('asks a member once, until it is answered or the batch has come to nothing', () => {
    const { set } = membersOf([effect('steps.0')]);
    const items = set.takeReady('decide');
    expect(items.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(set.takeReady('decide')).toEqual([]);
    set.giveBack(items);
    expect(set.takeReady('decide')).toEqual(items);
  });

  it('asks for external effects apart from what stays in the database', () => {
    const { set } = membersOf([effect('steps.0', true)]);
    expect(set.hasReady('decide')).toBe(false);
    expect(set.takeReady('deliver')).toHaveLength(2);
  });

  it('asks again for a member whom a reply forgot', () => {
    const { set, reply } = membersOf([effect('steps.0')]);
    expect(reply({ a: { go: 'next' } })).toBe(1);
    expect(set.takeReady('decide').map(({ id, command }) => [id, command.name])).toEqual([
      ['a', 'finish'],
      ['b', 'do'],
    ]);
  });

  it('pauses longer each time that a command is answered `again`, and no longer after another answer', () => {
    const { set, reply } = membersOf([effect('steps.0'), effect('steps.1')], ['a']);
    let nowMs = 0;
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      reply({ a: { go: 'again', until: START } }, nowMs);
      const [wakeMs] = set.wakeTimes(clock);
      pauses.push(wakeMs! - nowMs);
      set.wake(clock, wakeMs! - 1);
      expect(set.hasReady('decide')).toBe(false);
      nowMs = wakeMs!;
      set.wake(clock, nowMs);
    }
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    reply({ a: { go: 'next' } }, nowMs);
    reply({ a: { go: 'again', until: START } }, nowMs);
    expect(set.wakeTimes(clock)).toEqual([nowMs + 100]);
  });

  it('asks again no sooner than the clock shows what the answer named', () => {
    const { set, reply } = membersOf([effect('steps.0')], ['a']);
    reply({ a: { go: 'again', until: START + DAY } });
    expect(set.wakeTimes(clock)).toEqual([DAY]);
    expect(set.wakeTimes({ ...clock, warp: 0 })).toEqual([100]);
  });

  it('is over when all have ended, and carries only those who have not', () => {
    const { set, reply } = membersOf([pause]);
    reply({ a: { go: 'next' }, b: { go: 'sleep', until: null, then: 'look' } });
    reply({ a: { go: 'ended', outcome: 'completed' } });
    expect(set.isOver).toBe(false);
    expect(set.carried().map(({ id, state }) => [id, state?.waiting.for])).toEqual([['b', 'time']]);
    set.notify([{ id: 'b', input: { n: 1, kind: 'exit', at: START } }]);
    reply({ b: { go: 'ended', outcome: 'exited' } });
    expect(set.isOver).toBe(true);
  });
});

describe('A reducer that throws fails its member', () => {
  const broken = { go: 'end', at: START } as Answer;

  it('as internal, at its instant, and the others go on', () => {
    const { set, complaints, reply } = membersOf([effect('steps.0')]);
    reply({ a: broken, b: { go: 'next' } });
    expect(set.takeReady('decide').map(({ id, command }) => [id, command.at, command.ending?.reason])).toEqual([
      ['a', START, 'internal'],
      ['b', START, 'steps'],
    ]);
    expect(complaints).toHaveLength(1);
  });

  it('at its start too', () => {
    const { set } = membersOf([{ op: 'repeat', path: 'steps.0' } as JourneyNode], ['a']);
    set.takeReady('decide');
    const none = new MemberSet({ program: { schema: 1 } as never, complain: () => undefined }, [
      { id: 'a', startedAt: START },
    ]);
    expect(none.takeReady('decide')[0]?.command.ending?.reason).toBe('internal');
  });

  it('and is left, loudly, when not even its failure can be taken', () => {
    const { set, complaints, reply } = membersOf([effect('steps.0')], ['a']);
    reply({ a: broken });
    reply({ a: null as never });
    reply({ a: undefined as never });
    expect(set.isOver).toBe(false);
    expect(complaints).toHaveLength(1);
    reply({ a: 7 as never });
    expect(set.isOver).toBe(true);
    expect(complaints).toHaveLength(2);
  });
});
