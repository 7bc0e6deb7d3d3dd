/** T10, T13, T17, L2 to L5: marks of service levels, in playbooks. */
import { describe, expect, it } from 'vitest';
import { day, type Happening, play } from '../play.ts';

/** Support is open from 08:00 to 11:30 and from 12:30 to 17:00 UTC; a high priority is answered within 4 h, a normal one within 8 h. */
const marks = (arms: string, steps = '[{ record: at, value: trigger.mark }]', more = '') => `
subject: ticket
trigger: { any: [${arms}] }
${more}
steps: ${steps}`;
const FIRST = marks('{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: breach }');
const high = { priority: 'high', status: 'open' };
const created: Happening = [day('08:00'), 'ticket.created'];
const ticket = (time: string, traits: object): Happening => [
  day(time),
  'ticket.updated',
  { traits: { ticket: traits } as never },
];
const answered = (time: string): Happening => [day(time), 'ticket.replied', { by: 'agent', public: true }];

describe('a mark fires once per instance (T10)', () => {
  it('when that share has elapsed, and at the breach, with the start event as evidence', () => {
    const { firings } = play(FIRST, { ticket: high, events: [created] });
    // 4 h of open time: 08:00 to 11:30, and half an hour after the break.
    expect(firings).toEqual([
      '03-02 10:00 standard.first_response#1 by m1',
      '03-02 13:00 standard.first_response#1 by m1',
    ]);
  });

  it('trigger has policy, clock, mark and started; due, elapsed and overdue are read anew at each step (T17)', () => {
    const steps = `
  - { record: a, value: '[trigger.policy, trigger.clock, trigger.mark, trigger.started, trigger.due]' }
  - { record: b, value: '[trigger.elapsed, trigger.overdue]' }
  - { wait: 2h }
  - { record: c, value: '[trigger.elapsed, trigger.overdue]' }`;
    const { effects } = play(marks('{ sla: standard.first_response, mark: breach }', steps), {
      ticket: high,
      events: [created],
    });
    expect(effects).toEqual([
      '03-02 13:00 record a = ["standard","first_response","breach","2026-03-02T08:00:00.000Z","2026-03-02T13:00:00.000Z"]',
      '03-02 13:00 record b = [14400000,0]',
      '03-02 15:00 record c = [21600000,7200000]',
    ]);
  });

  it('a stop at exactly the deadline is in time (L4)', () => {
    const stop = (time: string) => play(FIRST, { ticket: high, events: [created, answered(time)] }).firings.length;
    expect([stop('13:00'), stop('13:00:00.001')]).toEqual([1, 2]);
  });

  it('each instance of a clock that repeats has a key and firings of its own', () => {
    const asked = (time: string): Happening => [day(time), 'ticket.replied', { by: 'customer' }];
    const { firings, entries } = play(marks('{ sla: standard.next_reply, mark: 50% }'), {
      ticket: high,
      events: [asked('08:00'), answered('08:30'), asked('09:00')],
    });
    expect(firings).toEqual(['03-02 14:00 standard.next_reply#2 by m3']);
    expect(entries).toEqual(['03-02 14:00 standard.next_reply#2 entered']);
  });
});

describe('pauses and priorities move marks (L3, L5)', () => {
  it('a paused clock does not fire, and goes on with what is left', () => {
    const { firings } = play(FIRST, {
      ticket: high,
      events: [created, ticket('09:00', { status: 'pending' }), ticket('15:00', { status: 'open' })],
    });
    expect(firings).toEqual([
      '03-02 16:00 standard.first_response#1 by m1',
      '03-03 09:00 standard.first_response#1 by m1',
    ]);
  });

  it('what a retarget makes due carries its instant', () => {
    const { firings } = play(FIRST, {
      ticket: { status: 'open' },
      events: [created, ticket('11:00', { priority: 'high' })],
    });
    expect(firings[0]).toBe('03-02 11:00 standard.first_response#1 by m1');
  });

  it('a resume of a clock whose target shrank meanwhile fires at the resume', () => {
    const { firings } = play(marks('{ sla: standard.first_response, mark: 50% }'), {
      ticket: { status: 'open' },
      events: [
        created,
        ticket('11:00', { status: 'pending' }),
        ticket('11:10', { priority: 'high' }),
        ticket('14:00', { status: 'open' }),
      ],
    });
    expect(firings).toEqual(['03-02 14:00 standard.first_response#1 by m1']);
  });

  it("a priority set by Cuebook's own escalate retargets nothing", () => {
    const { firings, effects } = play(
      marks(
        '{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: breach }',
        '[{ escalate: ticket, to: lena, priority: raise }]',
      ),
      { ticket: high, events: [created] },
    );
    expect(effects[0]).toBe('03-02 10:00 escalate ticket to: lena priority: urgent');
    expect(firings[1]).toBe('03-02 13:00 standard.first_response#1 by m1');
  });

  it("a priority set by somebody else's update does", () => {
    const { firings } = play(
      marks(
        '{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: breach }',
        '[{ wait: 1m }, { update: { ticket.priority: urgent } }]',
      ),
      { ticket: high, events: [created] },
    );
    expect(firings).toEqual([
      '03-02 10:00 standard.first_response#1 by m1',
      '03-02 10:01 standard.first_response#1 by m1',
    ]);
  });

  it('a value that the table does not have ends the promise, and one that it has begins it again (L2)', () => {
    const sla = `sla: plain\ncalendar: support-eu\nclocks:\n  answer:\n    start: ticket.created\n    stop: ticket.solved\n    target: { high: 4 business hours }\n    by: ticket.priority`;
    const scene = (...events: Happening[]) =>
      play(marks('{ sla: plain.answer, mark: breach }'), {
        ticket: high,
        events: [created, ticket('08:30', { priority: 'odd' }), ...events],
        extra: [{ path: 'sla/plain.yaml', text: sla }],
      }).firings;
    expect(scene()).toEqual([]);
    // What passed meanwhile counts: four hours of open time from the start, the break left out.
    expect(scene(ticket('10:00', { priority: 'high' }))).toEqual(['03-02 13:00 plain.answer#1 by m1']);
    // What the promise has passed by then is due at once.
    expect(scene(ticket('16:00', { priority: 'high' }))).toEqual(['03-02 16:00 plain.answer#1 by m1']);
    expect(scene([day('09:00'), 'ticket.solved'], ticket('10:00', { priority: 'high' }))).toEqual([]);
  });
});

describe('arms over clocks (T13, N2)', () => {
  it('of marks of one instance that fall due together only the furthest fires, the others are overtaken', () => {
    const { entries, effects } = play(
      marks('{ sla: standard.first_response, mark: 50% }, { sla: standard.first_response, mark: 80% }'),
      { ticket: { status: 'open' }, events: [created, ticket('11:24', { priority: 'high' })] },
    );
    expect(entries).toEqual([
      '03-02 11:24 standard.first_response#1 overtaken',
      '03-02 11:24 standard.first_response#1 entered',
    ]);
    expect(effects).toEqual(['03-02 11:24 record at = 80%']);
  });

  it('other clocks fire on their own', () => {
    const { entries } = play(
      marks('{ sla: standard.first_response, mark: 50% }, { sla: standard.next_reply, mark: 50% }'),
      {
        ticket: { status: 'open' },
        events: [created, [day('08:00'), 'ticket.replied', { by: 'customer' }]],
      },
    );
    expect(entries).toEqual([
      '03-02 13:00 standard.first_response#1 entered',
      '03-02 13:00 standard.next_reply#1 entered',
    ]);
  });

  it('again counts per (key, mark): another mark of the instance enters, though `again` is never', () => {
    expect(play(FIRST, { ticket: high, events: [created] }).entries.map((line) => line.split(' ').at(-1))).toEqual([
      'entered',
      'entered',
    ]);
  });
});
