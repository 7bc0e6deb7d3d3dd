/** E4, E9, S0: what comes before what within one instant. */
import { describe, expect, it } from 'vitest';
import { day, play } from '../play.ts';

describe('at one instant events come first, then deadlines, then journeys (E4)', () => {
  it('two events of one millisecond take effect in the order of their arrival', () => {
    const playbook = `trigger: { event: seen, where: contact.stage == "new" }\nsteps: [{ record: x }]`;
    const seen: [string, string] = [day('10:00'), 'seen'];
    const stage: [string, string, object] = [day('10:00'), 'changed', { traits: { contact: { stage: 'new' } } }];
    expect(play(playbook, { events: [seen, stage as never] }).firings).toEqual([]);
    expect(play(playbook, { events: [stage as never, seen] }).firings).toEqual(['03-02 10:00 by m2']);
  });

  it('a deadline that falls on the end of a wait is seen by the journey', () => {
    // The watch fires at 11:00, and so does the wait of an enrolment that began at 10:00 and asks what has started.
    const { story } = play(
      {
        a: 'trigger: { event: seen }\nsteps: [{ wait: 1h }, { record: saw, value: contact.left }]',
        b: 'trigger: { event: seen, unless: bought, within: 1h }\nsteps: [{ record: fired }]',
      },
      {
        contact: { left: 0 },
        events: [
          [day('10:00'), 'seen'],
          [day('11:00'), 'other', { traits: { contact: { left: 1 } } }],
        ],
      },
    );
    expect(story).toEqual([
      '03-02 11:00 record saw = 1',
      '03-02 11:00 completed: steps',
      '03-02 11:00 record fired',
      '03-02 11:00 completed: steps',
    ]);
  });

  it('journeys go in the order of playbook, subject and key, then steps in file order', () => {
    const playbook = 'trigger: { event: seen, key: event.k }\nagain: always\nsteps: [{ record: one }, { record: two }]';
    const { lines } = play(
      { b: playbook, a: playbook },
      {
        events: [
          [day('10:00'), 'seen', { k: 'y', userId: 'zoe' }],
          [day('10:00'), 'seen', { k: 'z' }],
          [day('10:00'), 'seen', { k: 'x' }],
        ],
      },
    );
    const order = lines.flatMap((l) =>
      l.type === 'effect' ? [`${l.playbook} ${l.subject.id} ${l.key} ${l.detail.record}`] : [],
    );
    expect(order).toEqual([
      ...['a ada x one', 'a ada x two', 'a ada z one', 'a ada z two', 'a zoe y one', 'a zoe y two'],
      ...['b ada x one', 'b ada x two', 'b ada z one', 'b ada z two', 'b zoe y one', 'b zoe y two'],
    ]);
  });
});

describe('what journeys write makes a further round of the instant (E9)', () => {
  it('a change by a step is an event to which another playbook listens', () => {
    const { story } = play(
      {
        a: 'trigger: { event: seen }\nsteps: [{ update: { contact.stage: warm } }]',
        b: 'trigger: { event: contact.updated, where: contact.stage == "warm" }\nsteps: [{ record: warm, value: trigger.playbook }]',
      },
      { events: [[day('10:00'), 'seen']] },
    );
    expect(story).toEqual([
      '03-02 10:00 update {"contact.stage":"warm"}',
      '03-02 10:00 completed: steps',
      '03-02 10:00 record warm = a',
      '03-02 10:00 completed: steps',
    ]);
  });

  it('starts and ends of enrolments are events, and marks of clocks', () => {
    const { story } = play(
      {
        a: 'trigger: { event: seen }\nsteps: [{ wait: 1h }]',
        b: 'trigger: { event: enrolment.ended, where: event.outcome == "completed" }\nsteps: [{ record: after, value: trigger.playbook }]',
      },
      { events: [[day('10:00'), 'seen']] },
    );
    expect(story).toContain('03-02 11:00 record after = a');
    const clocks = play(
      'subject: ticket\ntrigger: { event: sla.breached }\nexit_on: [{ sla: standard.first_response, is: met }]\nsteps: [{ record: broke, value: trigger.clock }]',
      { ticket: { priority: 'high' }, events: [[day('08:00'), 'ticket.created']] },
    );
    expect(clocks.effects).toEqual(['03-02 13:00 record broke = first_response']);
  });

  it('a wait that began before it in the same instant is told', () => {
    const { story } = play(
      {
        a: 'trigger: { event: seen }\nsteps: [{ wait_for: contact.updated, within: 1h, then: [{ record: told }] }]',
        b: 'trigger: { event: seen }\nsteps: [{ update: { contact.stage: warm } }]',
      },
      { events: [[day('10:00'), 'seen']] },
    );
    expect(story).toContain('03-02 10:00 record told');
  });

  it('a playbook that feeds itself makes five rounds, and is then refused (N1)', () => {
    const loop = 'trigger: { event: contact.updated }\nagain: always\nsteps: [{ update: { contact.n: { add: 1 } } }]';
    const { entries } = play(loop, { events: [[day('10:00'), 'contact.updated']] });
    expect(entries).toEqual([...Array.from({ length: 5 }, () => '03-02 10:00 entered'), '03-02 10:00 loop']);
  });
});

describe("a journey's own instant (S0)", () => {
  it("starts at the firing's at, moves to deadlines and to the events that it waited for", () => {
    const { effects } = play(
      `
trigger: { event: seen, unless: bought, within: 1h }
steps:
  - { record: start }
  - { wait: 30m }
  - { record: waited }
  - { wait_for: replied }
  - { record: replied }
  - { wait: 15m }
  - { record: end }`,
      {
        events: [
          [day('10:00'), 'seen'],
          [day('12:03'), 'replied'],
        ],
      },
    );
    expect(effects).toEqual([
      '03-02 11:00 record start',
      '03-02 11:30 record waited',
      '03-02 12:03 record replied',
      '03-02 12:18 record end',
    ]);
  });
});
