/** G1, G2, S15, S19: how enrolments end. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const SEEN: Happening = [day('10:00'), 'seen'];
const bought = (time: string, properties = {}, days = 0): Happening => [day(time, days), 'bought', properties];
const playbook = (more: string, steps = '[{ wait: 3h }, { record: late }]') =>
  `trigger: { event: seen }\n${more}\nsteps: ${steps}`;
const story = (text: string, ...events: Happening[]) => play(text, { events: [SEEN, ...events] }).story;

describe('a goal (G1)', () => {
  it('interrupts any wait at once (S19)', () => {
    expect(story(playbook('goal: bought'), bought('11:07'))).toEqual(['03-02 11:07 converted: goal by m2']);
    const waits = '[{ wait_for: reply }, { record: late }]';
    expect(story(playbook('goal: bought', waits), bought('11:07'))).toEqual(['03-02 11:07 converted: goal by m2']);
  });

  it('is met by an event after the start, not by one of its very instant', () => {
    expect(story(playbook('goal: bought'), bought('10:00'))).toHaveLength(2);
    expect(story(playbook('goal: bought'), bought('10:00:00.001'))).toEqual([
      '03-02 10:00:00.001 converted: goal by m2',
    ]);
  });

  it('within its window: up to its end and no later', () => {
    const within = playbook('goal: { event: bought, within: 1h }');
    expect(story(within, bought('11:00'))).toEqual(['03-02 11:00 converted: goal by m2']);
    expect(story(within, bought('11:00:00.001'))).toEqual(['03-02 13:00 record late', '03-02 13:00 completed: steps']);
  });

  it('has a value, over its event', () => {
    expect(
      story(
        playbook('goal: { event: bought, where: event.total > 5, value: event.total * 2 }'),
        bought('11:00', { total: 5 }),
        bought('11:30', { total: 6 }),
      ),
    ).toEqual(['03-02 11:30 converted: goal by m3 = 12']);
  });

  it('may be a condition that turns after the start; turned by time it has no evidence', () => {
    const becomes = playbook('goal: { becomes: contact.stage == "won" }');
    const stage = (time: string, to: string): Happening => [
      day(time),
      'changed',
      { traits: { contact: { stage: to } } },
    ];
    expect(story(becomes, stage('11:00', 'won'))).toEqual(['03-02 11:00 converted: goal by m2']);
    const held = { contact: { stage: 'won' }, events: [SEEN, stage('11:00', 'won')] };
    expect(play(becomes, held).outcomes).toEqual(['03-02 13:00 completed: steps']);
    const again = { contact: { stage: 'won' }, events: [SEEN, stage('11:00', 'lost'), stage('11:30', 'won')] };
    expect(play(becomes, again).outcomes).toEqual(['03-02 11:30 converted: goal by m3']);
    const quiet = playbook('goal: { becomes: contact.n == 0 }', '[{ wait: 3h }]');
    const extra = [
      { path: 'traits/n.yaml', text: 'subject: contact\ntraits:\n  n: { count: true, event: visit, over: 2h }' },
    ];
    const events: Happening[] = [[day('09:30'), 'visit'], SEEN];
    expect(play(quiet, { events, extra }).outcomes).toEqual(['03-02 11:30 converted: goal']);
  });

  it('is met at most once', () => {
    const text = playbook('goal: { event: bought, within: 1d }\nagain: always');
    expect(play(text, { events: [SEEN, bought('11:00'), bought('11:30')] }).outcomes).toEqual([
      '03-02 11:00 converted: goal by m2',
    ]);
  });
});

describe('a goal that is met later, or under then: continue, is a conversion (G2)', () => {
  const within = playbook(
    'goal: { event: bought, within: 7d, value: event.total }\non_goal: [{ record: thanks, value: trigger.event }]',
    '[{ record: one }]',
  );

  it('it leaves the ending as it is, and runs on_goal once', () => {
    expect(story(within, bought('12:00', { total: 3 }), bought('13:00', { total: 4 }))).toEqual([
      '03-02 10:00 record one',
      '03-02 10:00 completed: steps',
      '03-02 12:00 record thanks = seen',
      '03-02 12:00 converted: goal by m2 = 3, after the end',
    ]);
  });

  it('in the window only', () => {
    expect(story(within, bought('10:00', { total: 3 }, 7))).toHaveLength(4);
    expect(story(within, bought('10:00:00.001', { total: 3 }, 7))).toHaveLength(2);
  });

  it('without within it may be met as long as the enrolment is open', () => {
    expect(story(playbook('goal: bought', '[{ record: one }]'), bought('12:00'))).toEqual([
      '03-02 10:00 record one',
      '03-02 10:00 completed: steps',
    ]);
  });

  it('then: continue goes on with the steps', () => {
    expect(
      story(
        playbook('goal: { event: bought, then: continue }\non_goal: [{ record: thanks }]'),
        bought('11:00'),
        bought('12:00'),
      ),
    ).toEqual([
      '03-02 11:00 record thanks',
      '03-02 11:00 converted: goal by m2, after the end',
      '03-02 13:00 record late',
      '03-02 13:00 completed: steps',
    ]);
  });

  it('an exit before it leaves a later goal a conversion', () => {
    expect(
      story(playbook('goal: { event: bought, within: 1d }\nexit_on: [left]'), [day('11:00'), 'left'], bought('12:00')),
    ).toEqual(['03-02 11:00 exited: exit by m2', '03-02 12:00 converted: goal by m3, after the end']);
  });
});

describe('exits (G2)', () => {
  it('interrupt without success; on_exit runs once, before the outcome', () => {
    expect(
      story(playbook('exit_on: [left]\non_exit: [{ record: gone }]'), [day('11:07'), 'left'], [day('11:08'), 'left']),
    ).toEqual(['03-02 11:07 record gone', '03-02 11:07 exited: exit by m2']);
  });

  it('what is goal and exit at once is the goal (G1)', () => {
    const both = playbook('goal: bought\nexit_on: [bought]\non_goal: [{ record: yes }]\non_exit: [{ record: no }]');
    expect(story(both, bought('11:00'))).toEqual(['03-02 11:00 record yes', '03-02 11:00 converted: goal by m2']);
  });

  it('a condition that holds already ends it at once, before its first effect (Y4)', () => {
    const text = playbook('exit_on: [{ becomes: contact.stage == "lost" }]', '[{ record: one }]');
    expect(play(text, { contact: { stage: 'lost' }, events: [SEEN] }).story).toEqual(['03-02 10:00 exited: exit']);
  });

  it('a purchase at exactly the end of a wait still stops the message (E4, S19)', () => {
    expect(story(playbook('exit_on: [bought]'), bought('13:00'))).toEqual(['03-02 13:00 exited: exit by m2']);
    expect(story(playbook('exit_on: [bought]'), bought('13:00:00.001'))).toEqual([
      '03-02 13:00 record late',
      '03-02 13:00 completed: steps',
    ]);
  });

  it('a step that makes an exit true is the last: the claim of the next effect sees it (S19)', () => {
    const text = playbook(
      'exit_on: [{ becomes: contact.stage == "lost" }]\non_exit: [{ record: gone }]',
      '[{ update: { contact.stage: lost } }, { record: never }]',
    );
    expect(story(text)).toEqual([
      '03-02 10:00 update {"contact.stage":"lost"}',
      '03-02 10:00 record gone',
      expect.stringMatching(/^03-02 10:00 exited: exit by contact.updated:[0-9a-f]{32}$/),
    ]);
    const last = playbook(
      'goal: { event: contact.updated, where: contact.stage == "won" }',
      '[{ update: { contact.stage: won } }]',
    );
    expect(story(last).at(-1)).toMatch(/^03-02 10:00 converted: goal by contact.updated:/);
  });

  it('an enrolment that ended does not end again', () => {
    expect(story(playbook('exit_on: [left]', '[{ record: one }]'), [day('11:00'), 'left'])).toEqual([
      '03-02 10:00 record one',
      '03-02 10:00 completed: steps',
    ]);
  });
});

describe('exit as a step (S15)', () => {
  it('ends here, with its reason; as: completed is a completion, and runs no on_exit', () => {
    const exit = (as: string) =>
      playbook('on_exit: [{ record: gone }]', `[{ exit: not needed${as} }, { record: never }]`);
    expect(story(exit(''))).toEqual(['03-02 10:00 record gone', '03-02 10:00 exited: not needed']);
    expect(story(exit(', as: completed'))).toEqual(['03-02 10:00 completed: not needed']);
  });
});
