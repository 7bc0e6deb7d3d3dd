/** T19: a value that changes; Y4: segments that are entered and left, as goals, exits and waits. */
import { describe, expect, it } from 'vitest';
import { compiled, day, play } from '../play.ts';

const set = (trait: string, value: string | number | null) => ({ traits: { ticket: { [trait]: value } } });

describe('changes', () => {
  const trigger = (more: string) => `subject: ticket
trigger: { changes: ticket.priority${more} }
again: always
steps: [{ record: changed, value: 'trigger.to' }]`;
  const scene = {
    ticket: { priority: 'low' },
    events: [
      [day('10:00'), 'ticket.updated', set('priority', 'low')],
      [day('11:00'), 'ticket.updated', set('priority', 'high')],
      [day('12:00'), 'ticket.updated', set('other', 'x')],
      [day('13:00'), 'ticket.updated', set('priority', null)],
      [day('14:00'), 'ticket.updated', set('priority', 'high')],
      [day('15:00'), 'ticket.updated', set('priority', 'urgent')],
    ] as [string, string, never][],
  };

  it('fires where there was another value, with both in trigger', () => {
    const played = play(trigger(''), scene);
    expect(played.firings).toEqual(['03-02 11:00 by m2', '03-02 15:00 by m6']);
    expect(played.effects).toEqual(['03-02 11:00 record changed = high', '03-02 15:00 record changed = urgent']);
  });

  it.each([
    [', from: low', ['03-02 11:00 by m2']],
    [', to: [urgent, high]', ['03-02 11:00 by m2', '03-02 15:00 by m6']],
    [', from: high, to: urgent', ['03-02 15:00 by m6']],
    [', from: null', ['03-02 14:00 by m5']],
    [', to: null', ['03-02 13:00 by m4']],
    [', from: urgent', []],
  ])('narrowed by%s', (more, firings) => expect(play(trigger(more), scene).firings).toEqual(firings));

  it('a number and the text that shows it are one value', () => {
    const played = play(trigger(', to: 3'), {
      ticket: { priority: 2 },
      events: [
        [day('10:00'), 'ticket.updated', set('priority', '2')],
        [day('11:00'), 'ticket.updated', set('priority', '3')],
      ],
    });
    expect(played.firings).toEqual(['03-02 11:00 by m2']);
  });

  it('what arrives with a value has not changed', () => {
    const played = play(trigger(''), {
      ticket: {},
      events: [[day('10:00'), 'ticket.created', set('priority', 'high')]],
    });
    expect(played.firings).toEqual([]);
  });

  it('a tier that time alone changes has changed, at that instant', () => {
    const traits = {
      path: 'traits/rank.yaml',
      text: 'subject: contact\ntraits:\n  rank: { tiers: [{ if: days_since(contact.seen) <= 7, is: warm }, { else: cold }] }\n',
    };
    const played = play(`trigger: { changes: contact.rank, to: cold }\nsteps: [{ record: "was_known" }]`, {
      contact: { seen: '2026-03-01', time_zone: 'UTC' },
      extra: [traits],
      events: [[day('10:00'), 'page']],
      until: '2026-03-20T00:00:00Z',
    });
    expect(played.firings).toEqual(['03-09 00:00 by time']);
  });

  it('does not fire where from and to are one value: the linter says so', () => {
    expect(() => compiled(trigger(', from: low, to: low'))).toThrow('CB202 `from` and `to` are the same');
  });
});

describe('a segment entered or left ends an enrolment', () => {
  const extra = [{ path: 'segments/mine.yaml', text: 'segments:\n  big: contact.spent > 1000\n' }];
  const spend = (spent: number | null) => ({ traits: { contact: { spent } } });

  it('as an exit, and as a goal that turns after the start', () => {
    const played = play(
      `trigger: { event: asked, key: event.n }
again: always
goal: { enters: big }
exit_on: [{ leaves: big }]
steps: [{ wait: 10d }]`,
      {
        contact: { spent: 2000 },
        extra,
        events: [
          [day('10:00'), 'asked', { n: 1 }],
          [day('11:00'), 'paid', spend(1500)],
          [day('12:00'), 'refunded', spend(null)],
          [day('13:00'), 'asked', { n: 2 }],
        ],
      },
    );
    // Who is not in the segment at the start has left it.
    expect(played.outcomes).toEqual(['03-02 12:00 exited: exit by m3', '03-02 13:00 exited: exit']);
  });

  it('as a goal alone, and as what a wait is for', () => {
    const played = play(
      `trigger: { event: asked }
goal: { enters: big, within: 30d, then: continue }
steps:
  - wait_for: { leaves: big }
    within: 20d
    then: [{ record: gone }]
    else: [{ record: stayed }]`,
      {
        contact: { spent: 2000 },
        extra,
        events: [
          [day('10:00'), 'asked'],
          [day('12:00', 2), 'refunded', spend(10)],
          [day('12:00', 3), 'paid', spend(1001)],
        ],
      },
    );
    expect(played.story).toEqual([
      '03-04 12:00 record gone',
      '03-04 12:00 completed: steps',
      '03-05 12:00 converted: goal by m3, after the end',
    ]);
  });

  it('names a segment that there is', () => {
    expect(() => compiled('trigger: { event: a }\nexit_on: [{ leaves: bigg }]\nsteps: [{ record: x }]', extra)).toThrow(
      'CB509',
    );
  });
});
