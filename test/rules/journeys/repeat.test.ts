/** S14: rounds. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const SEEN: Happening = [day('10:00'), 'seen'];
const effects = (repeat: string, steps: string, ...events: Happening[]) =>
  play(`trigger: { event: seen }\nsteps:\n  - repeat: { ${repeat} }\n    steps: ${steps}\n  - record: end`, {
    events: [SEEN, ...events],
  }).effects;

describe('repeat (S14)', () => {
  it('the first round at once, every from start to start; after the last nothing is waited for', () => {
    expect(effects('at_most: 3, every: 1h', '[{ wait: 10m }, { record: r, value: repeat.round }]')).toEqual([
      '03-02 10:10 record r = 1',
      '03-02 11:10 record r = 2',
      '03-02 12:10 record r = 3',
      '03-02 12:10 record end',
    ]);
  });

  it('without every the next round starts at once', () => {
    expect(effects('at_most: 2', '[{ record: r, value: repeat.round }]')).toEqual([
      '03-02 10:00 record r = 1',
      '03-02 10:00 record r = 2',
      '03-02 10:00 record end',
    ]);
  });

  it('a round that outlasts every is followed at once, and every counts from that real start', () => {
    const slow = '[{ wait_for: go }, { record: r, value: repeat.round }]';
    const go = (time: string): Happening => [day(time), 'go'];
    expect(effects('at_most: 3, every: 1h', slow, go('11:30'), go('11:40'), go('12:31'))).toEqual([
      '03-02 11:30 record r = 1',
      '03-02 11:40 record r = 2', // began at 11:30, for that is when the first was over
      '03-02 12:31 record r = 3', // began at 12:30
      '03-02 12:31 record end',
    ]);
  });

  it('until is asked before each round, the first too', () => {
    const stage = (time: string): Happening => [day(time), 'changed', { traits: { contact: { stage: 'won' } } }];
    const until = 'at_most: 5, every: 1h, until: contact.stage == "won"';
    expect(effects(until, '[{ record: r }]', stage('11:30'))).toEqual([
      '03-02 10:00 record r',
      '03-02 11:00 record r',
      '03-02 12:00 record end',
    ]);
    expect(effects('at_most: 5, until: "true"', '[{ record: r }]')).toEqual(['03-02 10:00 record end']);
  });

  it('until reads what the latest round left', () => {
    const reply: Happening = [day('11:10'), 'reply'];
    expect(
      effects('at_most: 5, until: steps.w.matched', '[{ id: w, wait_for: reply, within: 1h }, { record: r }]', reply),
    ).toEqual(['03-02 11:00 record r', '03-02 11:10 record r', '03-02 11:10 record end']);
  });

  it('business time and times of day count as everywhere', () => {
    expect(effects('at_most: 2, every: 1 business day at 09:00', '[{ record: r }]')[1]).toBe('03-03 08:00 record r');
  });

  it('a length that no row gives brings no further round', () => {
    expect(effects('at_most: 3, every: { by: contact.tier, gold: 1h }', '[{ record: r }]')).toEqual([
      '03-02 10:00 record r',
      '03-02 10:00 record end',
    ]);
  });

  it('nested rounds count on their own', () => {
    expect(
      effects(
        'at_most: 2',
        '[{ repeat: { at_most: 2 }, steps: [{ record: r, value: repeat.round }] }, { record: outer, value: repeat.round }]',
      ).map((line) => line.slice(12)),
    ).toEqual([
      'record r = 1',
      'record r = 2',
      'record outer = 1',
      'record r = 1',
      'record r = 2',
      'record outer = 2',
      'record end',
    ]);
  });

  it('a goal or an exit ends it in the middle of a round', () => {
    const { story } = play(
      `trigger: { event: seen }\nexit_on: [left]\nsteps: [{ repeat: { at_most: 9, every: 1h }, steps: [{ record: r }, { wait: 30m }] }]`,
      {
        events: [SEEN, [day('11:10'), 'left']],
      },
    );
    expect(story).toEqual(['03-02 10:00 record r', '03-02 11:00 record r', '03-02 11:10 exited: exit by m2']);
  });
});
