/** T10, L1 to L5: marks of a clock in a ticket's life. What fires is in `../sla-story.ts`; here is what is drawn. */
import fc from 'fast-check';
import { DAY_MS, delayOf, MINUTE_MS, MORNINGS } from '../draw.ts';
import type { Happening, Value } from '../history.ts';
import { OFFICE_FILE } from '../open-hours.ts';
import { playbookFile, type Rule } from '../rule.ts';
import { type ClockDrawn, MARKS, TARGETS, tellClock } from '../sla-story.ts';

const NAMES = ['opened', 'asked', 'answered', 'reopened', 'merged', 'touched', 'touched'];

const drawn: fc.Arbitrary<ClockDrawn> = fc.record({
  marks: fc.uniqueArray(fc.constantFrom(...MARKS), { minLength: 1, maxLength: 4 }),
  urgent: fc.constantFrom(...TARGETS),
  high: fc.constantFrom(...TARGETS),
  otherwise: fc.constantFrom(undefined, ...TARGETS),
  pauses: fc.boolean(),
  repeat: fc.boolean(),
});

const happening = fc.record({
  gapMs: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 8 }).map((n) => n * 30 * MINUTE_MS) },
    { weight: 2, arbitrary: fc.constantFrom(24 * MINUTE_MS, 48 * MINUTE_MS, 96 * MINUTE_MS, 12 * MINUTE_MS) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }).map((n) => n * 30 * MINUTE_MS + 1) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 }).map((n) => n * 30 * MINUTE_MS - 1) },
    { weight: 1, arbitrary: fc.constantFrom(14 * 60 * MINUTE_MS, DAY_MS) },
  ),
  delayMs: delayOf(30 * MINUTE_MS, 20),
  name: fc.constantFrom(...NAMES),
  n: fc.constantFrom<Value>(1, 2),
  status: fc.constantFrom<Value | undefined>(undefined, undefined, 'pending', 'open', null),
  priority: fc.constantFrom<Value | undefined>(undefined, undefined, undefined, 'urgent', 'high', 'odd', null),
});

const happenings: fc.Arbitrary<Happening[]> = fc
  .tuple(fc.constantFrom(...MORNINGS), fc.array(happening, { maxLength: 12 }))
  .map(([start, list]) => {
    let at = start;
    return list.map(({ gapMs, delayMs, name, n, status, priority }) => {
      at += gapMs;
      const traits = { ...(status !== undefined && { status }), ...(priority !== undefined && { priority }) };
      return { at, delayMs, name, properties: { n }, ...(Object.keys(traits).length > 0 && { traits }) };
    });
  });

export const rule: Rule = {
  name: 'sla',
  of: 'T10, T13, L1, L2, L3, L4, L5',
  cases: drawn.map((clock) => {
    const { marks, urgent, high, otherwise, pauses, repeat } = clock;
    const definition = {
      start: ['opened', 'asked'],
      stop: ['answered', { event: 'asked', where: 'event.n >= 2' }],
      resume: 'reopened',
      cancel: 'merged',
      ...(pauses && { pause: 'ticket.status == "pending"' }),
      target: { urgent, high, ...(otherwise !== undefined && { default: otherwise }) },
      by: 'ticket.priority',
      ...(repeat && { repeat }),
    };
    const policy = { sla: 's', subject: 'ticket', calendar: 'office', clocks: { c: definition } };
    const trigger = { any: marks.map((mark) => ({ sla: 's.c', mark })) };
    return {
      told: `${JSON.stringify(trigger)} of ${JSON.stringify(definition)}`,
      trigger,
      files: [
        playbookFile({ subject: 'ticket', trigger }),
        { path: 'sla/s.yaml', text: JSON.stringify(policy) },
        OFFICE_FILE,
      ],
      subject: 'ticket',
      traits: {},
      happenings,
      until: (history) => (history.at(-1)?.at ?? MORNINGS[0]!) + 11 * DAY_MS,
      expected: (history, until) => tellClock(history, clock, until),
    };
  }),
};
