/** L1, L2, L5, E9, T13: what happens to the clocks of one record, in playbooks. */
import { describe, expect, it } from 'vitest';
import type { RunLine } from '../../../simulate/run/types.ts';
import { day, type Happening, play } from '../play.ts';

/** Support is open from 08:00 to 11:30 and from 12:30 to 17:00 UTC. */
const created: Happening = [day('08:00'), 'ticket.created'];
const ticket = (time: string, traits: object, days = 0): Happening => [
  day(time, days),
  'ticket.updated',
  { traits: { ticket: traits } as never },
];
const answered = (time: string, days = 0): Happening => [
  day(time, days),
  'ticket.replied',
  { by: 'agent', public: true },
];
const HIGH = { priority: 'high', status: 'open' };
const marks = (arms: string, more = '') => `
subject: ticket
trigger: { any: [${arms}] }
again: always
${more}
steps: [{ record: at, value: '[trigger.clock, trigger.mark]' }]`;
const policy = (clocks: string, calendar = 'support-eu') => ({
  path: 'sla/own.yaml',
  text: `sla: own\ncalendar: ${calendar}\nclocks:\n${clocks}`,
});

describe('several clocks of one ticket', () => {
  it('each runs, stops and fires on its own', () => {
    const arms = ['first_response', 'next_reply', 'resolution'].map(
      (clock) => `{ sla: standard.${clock}, mark: breach }`,
    );
    const { effects } = play(marks(arms.join(', ')), {
      ticket: HIGH,
      events: [created, answered('09:00'), [day('10:00'), 'ticket.replied', { by: 'customer' }], answered('10:00', 2)],
    });
    // Eight hours from 10:00 on Monday; three days from 08:00.
    expect(effects).toEqual([
      '03-03 10:00 record at = ["next_reply","breach"]',
      '03-04 17:00 record at = ["resolution","breach"]',
    ]);
  });

  it('count by the calendars of their own policies, and their holidays', () => {
    const office = {
      path: 'calendars/office-eu.yaml',
      text: 'calendar: office-eu\ntime_zone: UTC\nhours: { mon-fri: ["09:00-17:00"] }\nexcept: { 2026-03-03: closed, 2026-03-04: ["12:00-13:00"] }',
    };
    const own = policy(
      '  answer:\n    start: ticket.created\n    stop: ticket.solved\n    target: 10 business hours',
      'office-eu',
    );
    const { effects } = play(
      marks('{ sla: own.answer, mark: breach }, { sla: standard.first_response, mark: breach }'),
      { ticket: { priority: 'normal', status: 'open' }, events: [created], extra: [office, own] },
    );
    // Eight on Monday, none on Tuesday, one on Wednesday, and one on Thursday.
    expect(effects).toEqual([
      '03-02 17:00 record at = ["first_response","breach"]',
      '03-05 10:00 record at = ["answer","breach"]',
    ]);
  });
});

describe('starts and stops (L2, L4)', () => {
  it('an event that is both stop and start stops first, and the next instance starts with it', () => {
    const own = policy(
      '  turn:\n    start: ticket.handed_over\n    stop: ticket.handed_over\n    target: 2 business hours\n    repeat: true',
    );
    const handed = (time: string): Happening => [day(time), 'ticket.handed_over'];
    const { firings } = play(marks('{ sla: own.turn, mark: breach }'), {
      ticket: HIGH,
      events: [handed('08:00'), handed('10:00'), handed('11:00'), [day('16:00'), 'ticket.viewed']],
      extra: [own],
    });
    expect(firings).toEqual(['03-02 14:00 own.turn#3 by m3']);
  });

  it('a priority that the table does not have is no promise; the first that it has begins one, from the start (L2)', () => {
    const own = policy(
      '  answer:\n    start: [ticket.created, ticket.reopened]\n    stop: ticket.solved\n    target: { high: 4 business hours, normal: 8 business hours }\n    by: ticket.priority',
    );
    const { firings } = play(marks('{ sla: own.answer, mark: breach }'), {
      ticket: { priority: 'odd', status: 'open' },
      events: [created, ticket('08:30', { priority: 'high' }), [day('09:00'), 'ticket.reopened']],
      extra: [own],
    });
    expect(firings).toEqual(['03-02 13:00 own.answer#1 by m1']);
  });

  it('a promise that loses its row ends for what waits for it, and is told so (L2, E9)', () => {
    const own = policy(
      '  answer:\n    start: ticket.created\n    stop: ticket.solved\n    target: { high: 4 business hours }\n    by: ticket.priority',
    );
    const waits = (steps: string, events: Happening[], more = '') =>
      play(`subject: ticket\ntrigger: { event: ticket.looked }\n${more}\nsteps: [${steps}]`, {
        ticket: HIGH,
        events: [created, [day('08:05'), 'ticket.looked'], ...events],
        extra: [own],
        until: day('18:00'),
      });
    const mark = `{ wait_for: { sla: own.answer, mark: breach }, then: [{ record: late }], else: [{ record: ended }] }`;
    const lost = ticket('09:00', { priority: 'low' });
    expect(waits(mark, []).effects).toEqual(['03-02 13:00 record late']);
    expect(waits(mark, [lost]).effects).toEqual(['03-02 09:00 record ended']);
    // After the breach a lost row takes nothing away.
    const after = `{ wait_for: { sla: own.answer, mark: +2 business hours }, then: [{ record: later }], else: [{ record: ended }] }`;
    expect(waits(after, [ticket('14:00', { priority: 'low' })]).effects).toEqual(['03-02 15:00 record later']);
    const is = `{ wait: 8h }`;
    const exit = 'exit_on: [{ sla: own.answer, is: stopped }]\ngoal: { sla: own.answer, is: met }';
    expect(waits(is, [lost, [day('10:00'), 'ticket.solved']], exit).outcomes).toEqual([
      '03-02 09:00 exited: exit by m3',
    ]);
    // Stopped while there is no promise: neither met nor breached.
    const goal = 'goal: { sla: own.answer, is: met }';
    expect(waits(is, [lost, [day('10:00'), 'ticket.solved']], goal).outcomes).toEqual(['03-02 16:05 completed: steps']);
    const told = (events: Happening[]) =>
      play(
        `subject: ticket\ntrigger: { event: [sla.started, sla.stopped], where: event.policy == "own" }\nagain: always\nsteps: [{ record: told, value: '[trigger.event, has(trigger.is) ? trigger.is : ""]' }]\nexit_on: [{ sla: own.answer, mark: breach }]`,
        {
          ticket: HIGH,
          events: [created, ...events],
          extra: [own],
          until: day('12:00'),
        },
      ).effects;
    expect(told([lost, ticket('10:00', { priority: 'high' }), [day('11:00'), 'ticket.solved']])).toEqual([
      '03-02 08:00 record told = ["sla.started",""]',
      '03-02 09:00 record told = ["sla.stopped","withdrawn"]',
      '03-02 10:00 record told = ["sla.started",""]',
      '03-02 11:00 record told = ["sla.stopped","met"]',
    ]);
    expect(told([ticket('08:30', { priority: 'low' }), [day('09:00'), 'ticket.solved']])).toEqual([
      '03-02 08:00 record told = ["sla.started",""]',
      '03-02 08:30 record told = ["sla.stopped","withdrawn"]',
    ]);
  });

  it('shows what has elapsed and is overdue in words, in every text, and 0 before the breach as false (T17)', () => {
    const text =
      "{{#if trigger.overdue}}late{{else}}in time{{/if}} {{ default trigger.overdue 'none' }} {{ trigger.elapsed }}";
    const steps = `
  - notify: kim
    text: "${text}"
  - { escalate: ticket, to: lena, note: "late by {{ trigger.overdue }}" }
  - { task: "{{ trigger.overdue }}", assign: kim }
  - { update: { ticket.late: "{{ trigger.overdue }}" } }`;
    const { effects } = play(
      `subject: ticket\nagain: always\ntrigger: { any: [{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: +2 business hours }] }\nsteps:${steps}`,
      { ticket: HIGH, events: [created] },
    );
    expect(effects).toEqual([
      '03-02 10:00 notify kim text: in time 0 min 2 h',
      '03-02 10:00 escalate ticket to: lena note: late by 0 min',
      '03-02 10:00 task 0 min assign: kim',
      '03-02 10:00 update {"ticket.late":0}',
      '03-02 15:00 notify kim text: late 2 h 6 h',
      '03-02 15:00 task 2 h assign: kim',
      '03-02 15:00 update {"ticket.late":7200000}',
    ]);
  });

  it('a pause at exactly the deadline comes first, and what is due fires at the resume (E4, L5)', () => {
    const { firings } = play(marks('{ sla: standard.first_response, mark: breach }'), {
      ticket: HIGH,
      events: [created, ticket('13:00', { status: 'pending' }), ticket('15:10', { status: 'open' })],
    });
    expect(firings).toEqual(['03-02 15:10 standard.first_response#1 by m1']);
  });

  it('after the breach a retarget moves no mark (L3)', () => {
    const { firings } = play(
      marks(
        '{ sla: standard.first_response, mark: breach }, { sla: standard.first_response, mark: +2 business hours }',
      ),
      { ticket: HIGH, events: [created, ticket('13:30', { priority: 'normal' })] },
    );
    expect(firings).toEqual([
      '03-02 13:00 standard.first_response#1 by m1',
      '03-02 15:00 standard.first_response#1 by m1',
    ]);
  });
});

describe('how a clock ended is awaited (L2)', () => {
  const awaiting = (is: string) => `
subject: ticket
trigger: { event: ticket.created }
steps:
  - wait_for: { sla: standard.first_response, is: ${is} }
    within: 3d
    then: [{ record: then }]
    else: [{ record: else }]`;
  const told = (is: string, ...events: Happening[]) =>
    play(awaiting(is), { ticket: HIGH, events: [created, ...events] }).effects;

  it.each([
    ['met', '12:45', 'then'],
    ['breached', '14:00', 'then'],
    ['stopped', '12:45', 'then'],
    ['stopped', '14:00', 'then'],
  ])('is: %s, when the answer comes at %s', (is, time, arm) => {
    expect(told(is, answered(time))).toEqual([`03-02 ${time} record ${arm}`]);
  });

  it('an answer in time is no breach, and a late one keeps no promise', () => {
    expect(told('met', answered('14:00'))).toEqual(['03-05 08:00 record else']);
    expect(told('breached', answered('12:45'))).toEqual(['03-05 08:00 record else']);
  });

  it('a cancel is a stop, and neither of the two', () => {
    const merged: Happening = [day('09:00'), 'ticket.merged'];
    expect(told('stopped', merged)).toEqual(['03-02 09:00 record then']);
    expect(told('met', merged)).toEqual(['03-05 08:00 record else']);
    expect(told('breached', merged)).toEqual(['03-05 08:00 record else']);
  });
});

describe('clocks put events on the timeline (E9)', () => {
  const listening = `
subject: ticket
trigger: { event: [sla.started, sla.paused, sla.resumed, sla.stopped, sla.breached], where: event.clock == "first_response" }
again: always
steps: [{ record: seen, value: 'trigger.event + " " + trigger.key + (has(trigger.is) ? " " + trigger.is : "")' }]`;
  const told = (...events: Happening[]) =>
    play(listening, { ticket: HIGH, events: [created, ...events] }).effects.map((line) =>
      line.replace('record seen = sla.', '').replace('standard.first_response', ''),
    );

  it('a start, a pause, a resume, and a stop that says what the clock is', () => {
    const pause = [ticket('09:00', { status: 'pending' }), ticket('10:00', { status: 'open' })];
    expect(told(...pause, answered('11:00'))).toEqual([
      '03-02 08:00 started #1',
      '03-02 09:00 paused #1',
      '03-02 10:00 resumed #1',
      '03-02 11:00 stopped #1 met',
    ]);
  });

  it('a breach, and the stop behind it', () => {
    expect(told(answered('14:00')).slice(1)).toEqual(['03-02 13:00 breached #1', '03-02 14:00 stopped #1 breached']);
  });

  it('a cancel is a stop as well', () => {
    expect(told([day('09:00'), 'ticket.merged']).slice(1)).toEqual(['03-02 09:00 stopped #1 cancelled']);
  });
});

describe('marks that fall due together (T13)', () => {
  it('are firings of their own: what is overtaken does not take the place of the one that enters', () => {
    const { lines } = play(
      marks('{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: breach }'),
      { ticket: { status: 'open' }, events: [created, ticket('14:30', { priority: 'urgent' })] },
    );
    const enrolments = lines.filter((line): line is RunLine & { type: 'enrolment' } => line.type === 'enrolment');
    const together = enrolments.filter((line) => line.at === Date.parse(day('14:30')));
    expect(together.map((line) => line.refused)).toEqual([null]);
    const both = play(
      marks('{ sla: standard.first_response, mark: 80% }, { sla: standard.first_response, mark: breach }'),
      { ticket: { status: 'open' }, events: [created, ticket('14:30', { priority: 'urgent' })] },
    ).lines.filter((line): line is RunLine & { type: 'enrolment' } => line.type === 'enrolment');
    expect(both.map((line) => line.refused)).toEqual(['overtaken', null]);
    expect(new Set(both.map((line) => line.id)).size).toBe(2);
  });
});
