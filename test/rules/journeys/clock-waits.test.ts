/** S3, Y4, L2: waits, goals and exits that look at clocks. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

const HIGH = { priority: 'high', status: 'open' };
const created: Happening = [day('08:00'), 'ticket.created']; // due at 13:00 UTC, half of it at 10:00
const ticket = (time: string, traits: object): Happening => [
  day(time),
  'ticket.updated',
  { traits: { ticket: traits } as never },
];
const answered = (time: string): Happening => [day(time), 'ticket.replied', { by: 'agent', public: true }];

const WAIT = (mark: string, more = '') => `
subject: ticket
trigger: { sla: standard.first_response, mark: 50% }
steps:
  - wait_for: { sla: trigger.clock, mark: ${mark} }
    ${more}
    then: [{ record: then }]
    else: [{ record: else }]`;
const story = (playbook: string, ...events: Happening[]) =>
  play(playbook, { ticket: HIGH, events: [created, ...events] }).effects;

describe('a wait for a mark of the clock (S3)', () => {
  it('goes on when the mark is reached', () => {
    expect(story(WAIT('80%'))).toEqual(['03-02 11:12 record then']);
    expect(story(WAIT('breach'))).toEqual(['03-02 13:00 record then']);
    expect(story(WAIT('+2 business hours'))).toEqual(['03-02 15:00 record then']);
  });

  it('one that was reached before the wait began is taken at once (Y4)', () => {
    expect(story(WAIT('25%'))).toEqual(['03-02 10:00 record then']);
  });

  it('a pause moves the mark, to later and never to earlier', () => {
    const pause = [ticket('10:30', { status: 'pending' }), ticket('11:10', { status: 'open' })];
    expect(story(WAIT('80%'), ...pause)).toEqual(['03-02 12:52 record then']);
  });

  it('a retarget moves it, too', () => {
    // Normal again: 8 h, of which 80 % have elapsed after 6 h 24 min.
    expect(story(WAIT('80%'), ticket('10:30', { priority: 'normal' }))).toEqual(['03-02 15:24 record then']);
  });

  it('a stop or a cancel ends it by else, at its own instant (L2)', () => {
    expect(story(WAIT('breach'), answered('10:45'))).toEqual(['03-02 10:45 record else']);
    expect(story(WAIT('breach'), [day('10:45'), 'ticket.merged'])).toEqual(['03-02 10:45 record else']);
  });

  it('a stop at exactly the mark is in time, whatever else happens in that instant (L4, E4)', () => {
    const other: Happening = [day('13:00'), 'ticket.viewed'];
    expect(story(WAIT('breach'), other)).toEqual(['03-02 13:00 record then']);
    expect(story(WAIT('breach'), other, answered('13:00'))).toEqual(['03-02 13:00 record else']);
  });

  it('within still ends it', () => {
    expect(story(WAIT('breach', 'within: 1h'))).toEqual(['03-02 11:00 record else']);
  });

  it('a pause that outlasts within ends it by else', () => {
    expect(story(WAIT('80%', 'within: 2h'), ticket('10:30', { status: 'pending' }))).toEqual([
      '03-02 12:00 record else',
    ]);
  });

  it('of a clock by name it waits for one to start', () => {
    const playbook = `
subject: ticket
trigger: { event: ticket.created }
steps:
  - wait_for: { sla: standard.next_reply, mark: breach }
    within: 5d
    then: [{ record: then }]
    else: [{ record: else }]`;
    const asked: Happening = [day('09:00'), 'ticket.replied', { by: 'customer' }];
    expect(story(playbook, asked)).toEqual(['03-03 09:00 record then']);
    expect(story(playbook)).toEqual(['03-07 08:00 record else']);
    expect(story(playbook, asked, answered('09:30'))).toEqual(['03-02 09:30 record else']);
  });
});

describe('how a clock ended (Y4, L2)', () => {
  const ENDS = `
subject: ticket
trigger: { sla: standard.first_response, mark: 50% }
goal: { sla: trigger.clock, is: met }
exit_on: [{ sla: trigger.clock, is: stopped }]
on_goal: [{ record: met }]
on_exit: [{ record: ended }]
steps: [{ wait: 30d }]`;
  const outcome = (...events: Happening[]) => play(ENDS, { ticket: HIGH, events: [created, ...events] }).story;

  it('met is the goal, though stopped is an exit: what is both at once is the goal (G1)', () => {
    expect(outcome(answered('11:00'))).toEqual(['03-02 11:00 record met', '03-02 11:00 converted: goal by m2']);
  });

  it('stopped after its breach, or cancelled, it is no goal', () => {
    expect(outcome(answered('14:00'))).toEqual(['03-02 14:00 record ended', '03-02 14:00 exited: exit by m2']);
    expect(outcome([day('11:00'), 'ticket.merged'])).toEqual([
      '03-02 11:00 record ended',
      '03-02 11:00 exited: exit by m2',
    ]);
  });

  it('a goal must turn after the start: a clock that was met before is none', () => {
    const playbook = `
subject: ticket
trigger: { event: ticket.rated }
goal: { sla: standard.first_response, is: met }
exit_on: [{ sla: standard.resolution, is: stopped }]
steps: [{ wait: 30d }]`;
    const rated: Happening = [day('10:00'), 'ticket.rated'];
    const viewed: Happening = [day('11:00'), 'ticket.viewed'];
    const outcomes = (...events: Happening[]) =>
      play(playbook, { ticket: HIGH, events: [created, ...events] }).outcomes;
    expect(outcomes(answered('09:00'), rated, viewed)).toEqual(['04-01 10:00 completed: steps']);
    expect(outcomes(rated, viewed, answered('12:00'))).toEqual(['03-02 12:00 converted: goal by m4']);
  });

  it('an exit takes at once what holds already, before the first effect', () => {
    const playbook = `
subject: ticket
trigger: { event: ticket.rated }
exit_on: [{ sla: standard.first_response, is: met }]
steps: [{ record: sent }, { wait: 1d }]`;
    const { story: told } = play(playbook, {
      ticket: HIGH,
      events: [created, answered('09:00'), [day('10:00'), 'ticket.rated']],
    });
    expect(told).toEqual(['03-02 10:00 exited: exit']);
  });
});
