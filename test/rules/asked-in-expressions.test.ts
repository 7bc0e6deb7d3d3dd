/** T0, S8: clocks, calendars and segments that playbooks ask for, and updates that compute. */
import { describe, expect, it } from 'vitest';
import { compiled, day, play } from './play.ts';

const SEGMENTS = {
  path: 'segments/mine.yaml',
  text: `segments:
  big: contact.spent > 1000
  big_and_quiet: in_segment("big") && days_since(contact.seen) > 30
`,
};

describe('where, if and audience ask', () => {
  const PLAYBOOK = `trigger: { event: asked, key: event.n, where: 'local(event.at).weekday != "tuesday"' }
calendar: office-eu
again: always
audience: in_segment("big")
steps:
  - if: is_open("office-eu")
    then: [{ record: open }]
    else: [{ record: closed }]`;

  it('acts for members, by the clocks and the calendar of the instant', () => {
    const played = play(PLAYBOOK, {
      contact: { spent: 2000, time_zone: 'Europe/Berlin' },
      extra: [SEGMENTS],
      events: [
        [day('08:30'), 'asked', { n: 1 }],
        [day('17:00'), 'asked', { n: 2 }],
        [day('22:59'), 'asked', { n: 3 }],
        // In Berlin it is Tuesday.
        [day('23:00'), 'asked', { n: 4 }],
        [day('10:00', 2), 'gone', { traits: { contact: { spent: null } } }],
        [day('11:00', 2), 'asked', { n: 5 }],
      ],
    });
    expect(played.story.filter((line) => line.includes('record'))).toEqual([
      '03-02 08:30 record open',
      '03-02 17:00 record closed',
      '03-02 22:59 record closed',
    ]);
    expect(played.entries.at(-1)).toBe('03-04 11:00 5 audience');
  });
});

describe('becomes asks for a segment', () => {
  it('turns when an event or time turns the segment, also one that asks for another', () => {
    const played = play(`trigger: { becomes: in_segment("big_and_quiet") }\nsteps: [{ record: there }]`, {
      contact: { spent: 500, seen: '2026-03-01' },
      extra: [SEGMENTS],
      events: [[day('10:00'), 'paid', { traits: { contact: { spent: 1500 } } }]],
      until: '2026-05-01T00:00:00Z',
    });
    // 31 days after 1 March, at midnight in the settings' zone.
    expect(played.firings).toEqual(['03-31 22:00 by time']);
  });
});

describe('an update computes (S8)', () => {
  it('stores what its expression gives, and leaves what gives nothing', () => {
    const played = play(
      `trigger: { event: order.paid }
calendar: office-eu
steps:
  - update:
      contact.review_at: { value: now + days(30) }
      contact.due: { value: contact.renews - business_days(3) }
      contact.points: { value: contact.points * 2 }
      contact.gone: { value: contact.nothing + 1 }`,
      { contact: { renews: '2026-04-08', points: 4, gone: 7 }, events: [[day('10:00'), 'order.paid']] },
    );
    expect(played.effects).toEqual([
      '03-02 10:00 update {"contact.review_at":"2026-04-01T09:00:00.000Z","contact.due":"2026-04-01","contact.points":8}',
    ]);
  });
});

describe('a value handed to a template computes (S1)', () => {
  it('and is left out where there is none', () => {
    const played = play(
      `trigger: { event: order.paid }
steps:
  - send: email
    template: hello
    class: transactional
    with: { until: { value: now + days(14) }, half: { value: event_total / 2 } }`.replace(
        'event_total',
        'trigger.total',
      ),
      {
        contact: { email: 'ada@example.com' },
        extra: [
          { path: 'templates/hello.txt', text: '---\nsubject: Hello\n---\nUntil {{ with.until }} {{ with.half }}' },
        ],
        events: [[day('10:00'), 'order.paid']],
      },
    );
    expect(played.effects).toEqual(['03-02 10:00 send hello to: ada with: {"until":"2026-03-16T10:00:00.000Z"}']);
  });
});

describe('what is asked for has to be there', () => {
  const asks =
    (condition: string, more = '') =>
    () =>
      compiled(
        `trigger: { event: a }\n${more}steps:\n  - if: ${JSON.stringify(condition)}\n    then: [{ record: x }]`,
        [SEGMENTS],
      );

  it('names the segment, the calendar, the subject', () => {
    expect(asks('in_segment("bigg")')).toThrow('CB509 no segment is called `bigg` here');
    expect(asks('is_open("office")')).toThrow('CB504 no calendar is called `office`');
    expect(asks('in_segment("big")', 'subject: account\n')).toThrow('`big` is a segment of contacts');
    expect(asks('in_segment("big")', 'subject: ticket\n')).not.toThrow();
  });

  it('a segment asks only for those above it, so that none leads back to itself', () => {
    const circle = { path: 'segments/mine.yaml', text: 'segments:\n  a: in_segment("b")\n  b: in_segment("a")\n' };
    expect(() => compiled('trigger: { enters: a }\nsteps: [{ record: x }]', [circle])).toThrow(
      'CB509 no segment is called `b` here',
    );
  });
});
