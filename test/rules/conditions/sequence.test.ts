/** T7: sequence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const playbook = (sequence: string, more = '') => `
trigger: { sequence: ${sequence}, within: 1h${more} }
again: always
steps: [{ record: done, value: trigger.n }]`;

const happen = (...events: [time: string, name: string, properties?: object][]): { events: Happening[] } => ({
  events: events.map(([time, name, properties]) => [day(time), name, properties] as Happening),
});

describe('a sequence fires at its last element (T7)', () => {
  it('when the elements came in their order, with other events between', () => {
    const { firings, effects } = play(
      playbook('[a, b, c]'),
      happen(['10:00', 'a'], ['10:05', 'x'], ['10:10', 'b'], ['10:20', 'c', { n: 7 }]),
    );
    expect(firings).toEqual(['03-02 10:20 by m1,m3,m4']);
    expect(effects).toEqual(['03-02 10:20 record done = 7']);
  });

  it('not when they came in another order', () => {
    expect(play(playbook('[a, b]'), happen(['10:00', 'b'], ['10:10', 'a'])).firings).toEqual([]);
  });

  it('the last may come at exactly the end of the time after the first, and not a millisecond later', () => {
    const last = (time: string) => play(playbook('[a, b]'), happen(['10:00', 'a'], [time, 'b'])).firings;
    expect(last('11:00')).toEqual(['03-02 11:00 by m1,m2']);
    expect(last('11:00:00.001')).toEqual([]);
  });

  it('the latest possible first element counts, and every element is the latest possible (T15)', () => {
    const { firings } = play(
      playbook('[a, b, c]'),
      happen(['09:00', 'a'], ['09:30', 'b'], ['09:40', 'a'], ['09:50', 'b'], ['09:55', 'b'], ['10:30', 'c']),
    );
    expect(firings).toEqual(['03-02 10:30 by m3,m5,m6']);
  });

  it('a first element without its second does not take the place of an earlier pair', () => {
    const { firings } = play(
      playbook('[a, b, c]'),
      happen(['10:00', 'a'], ['10:10', 'b'], ['10:20', 'a'], ['10:30', 'c']),
    );
    expect(firings).toEqual(['03-02 10:30 by m1,m2,m4']);
  });

  it('events of one millisecond count in the order of their arrival (E4)', () => {
    expect(play(playbook('[a, b]'), happen(['10:00', 'a'], ['10:00', 'b'])).firings).toEqual(['03-02 10:00 by m1,m2']);
    expect(play(playbook('[a, b]'), happen(['10:00', 'b'], ['10:00', 'a'])).firings).toEqual([]);
  });
});

describe('an event counts once (T7)', () => {
  it('as one element at a time: two of a kind need two events', () => {
    expect(play(playbook('[a, a]'), happen(['10:00', 'a'])).firings).toEqual([]);
    expect(play(playbook('[a, a]'), happen(['10:00', 'a'], ['10:10', 'a'])).firings).toEqual(['03-02 10:10 by m1,m2']);
  });

  it('what came up to a firing is used up, part of it or not', () => {
    const { firings } = play(
      playbook('[a, b]'),
      happen(['10:00', 'a'], ['10:05', 'a'], ['10:10', 'b'], ['10:20', 'b'], ['10:30', 'a'], ['10:40', 'b']),
    );
    expect(firings).toEqual(['03-02 10:10 by m2,m3', '03-02 10:40 by m5,m6']);
  });

  it('the last element begins no further sequence', () => {
    const { firings } = play(playbook('[a, a]'), happen(['10:00', 'a'], ['10:10', 'a'], ['10:20', 'a']));
    expect(firings).toEqual(['03-02 10:10 by m1,m2']);
  });
});

describe('what an element may be', () => {
  it('a name, a pattern, or a list of which any counts (Y4)', () => {
    const { firings } = play(
      playbook('[a, { event: b, where: event.n > 1 }, [c, { event: d, where: event.n == 2 }]]'),
      happen(['10:00', 'a'], ['10:10', 'b', { n: 1 }], ['10:20', 'b', { n: 2 }], ['10:30', 'd', { n: 2 }]),
    );
    expect(firings).toEqual(['03-02 10:30 by m1,m3,m4']);
  });

  it('each key has its own sequence, an element may have a key of its own, and without a value it takes no part (T0)', () => {
    const { firings } = play(
      playbook('[a, { event: b, key: event.of }]', ', key: event.id'),
      happen(
        ['10:00', 'a', { id: 1 }],
        ['10:05', 'a', { id: 2 }],
        ['10:10', 'a'],
        ['10:20', 'b', { of: 1 }],
        ['10:30', 'b'],
      ),
    );
    expect(firings).toEqual(['03-02 10:20 1 by m1,m4']);
  });

  it('the time may be a table, read when the first element comes (T0)', () => {
    const table = `
trigger: { sequence: [a, b], within: { by: event.plan, gold: 2h, default: 1h } }
steps: [{ record: done }]`;
    const played = (plan: string) => play(table, happen(['10:00', 'a', { plan }], ['11:30', 'b'])).firings;
    expect(played('gold')).toEqual(['03-02 11:30 by m1,m2']);
    expect(played('none')).toEqual([]);
  });
});

/** The rule itself, over everything that came: the chain of which each element, from the last on, is the latest possible. */
function byRule(names: readonly string[], sequence: readonly string[], withinMin: number): string[] {
  const fired: string[] = [];
  let from = 0;
  for (let last = 0; last < names.length; last++) {
    const chain: number[] = [];
    let place = last;
    for (const element of [...sequence].reverse()) {
      while (place >= from && names[place] !== element) place--;
      if (place < from || (chain.length === 0 && place !== last)) break;
      chain.unshift(place--);
    }
    if (chain.length < sequence.length || last - chain[0]! > withinMin) continue;
    fired.push(chain.map((i) => `m${i + 1}`).join(','));
    from = last + 1;
  }
  return fired;
}

describe('any history gives what the rule gives (T7)', () => {
  for (const sequence of [
    ['a', 'b'],
    ['a', 'a'],
    ['a', 'b', 'a'],
    ['a', 'b', 'c'],
    ['a', 'a', 'b', 'b'],
  ]) {
    it(`of ${sequence.join(', then ')}`, () => {
      const text = `
trigger: { sequence: [${sequence.join(', ')}], within: 6m }
again: always
steps: [{ record: done }]`;
      fc.assert(
        fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 14 }), (names) => {
          const events = names.map((name, i): Happening => [day(`10:${String(i).padStart(2, '0')}`), name]);
          const { firings } = play(text, { events });
          expect(firings.map((line) => line.split(' by ')[1])).toEqual(byRule(names, sequence, 6));
        }),
        { numRuns: 150 },
      );
    });
  }
});
