/** T0, Y2: one reading of dates and of numbers, in conditions, functions, waits and texts; work that is counted. */
import { describe, expect, it } from 'vitest';
import { compileExpression, evaluate } from '../../language/cel.ts';
import { formatDate, formatTime, momentOf } from '../../language/template/formats.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { resolveDate } from '../../language/time/moment/dates.ts';

const NOW = Date.parse('2026-05-10T10:00:00Z');
const zone = 'Europe/Berlin';

function asked(source: string, properties: { [name: string]: unknown }) {
  const { expression, errors } = compileExpression(source, { roots: ['event'] });
  if (expression === undefined) throw new Error(errors.map((e) => e.message).join());
  const event = properties as never;
  return evaluate(expression, { event, now: isoInstant(NOW) }, { now: NOW, zone });
}

/** What each reader makes of one value: a wait, a function, a comparison, the two helpers of texts. */
function readers(t: unknown) {
  const at = resolveDate(t as never, { offsetDays: 0, offsetMs: 0 }, { zone });
  const moment = momentOf(t);
  const reader = { zone: moment?.local ? 'UTC' : zone };
  return {
    wait: at === undefined ? undefined : isoInstant(at),
    days: asked('days_until(event.t)', { t }).value,
    later: asked('now < event.t', { t }).value,
    text: moment && `${formatDate(moment.ms, reader)}, ${formatTime(moment.ms, reader)}`,
  };
}

describe('a date is read by all or by none (T0)', () => {
  it.each([
    '2026-05-15T09:30:00',
    '2026-05-15 09:30',
    ' 2026-05-15 09:30:00.000 ',
    '2026-05-15T07:30:00Z',
    '2026-05-15T07:30:00.000+0000',
    '2026-05-15 07:30:00 UTC',
    '2026-05-15 07:30:00 +00:00',
    '2026-05-15T09:30:00,123456+02',
  ])('%s', (text) => {
    const read = readers(text);
    expect({ ...read, wait: read.wait?.slice(0, 19) }).toEqual({
      wait: '2026-05-15T07:30:00',
      days: 5,
      later: true,
      text: '15 May 2026, 09:30',
    });
  });

  it.each(['15.05.2026', '2026/05/15', '20260515', '2026-02-30', 'soon', ''])(
    '"%s" by none, and conditions say so',
    (t) => {
      expect(readers(t)).toEqual({ wait: undefined, days: undefined, later: undefined, text: undefined });
      for (const source of ['days_until(event.t) > 0', 'now > event.t', 'now != event.t', '!(event.t < now)']) {
        expect([source, asked(source, { t })]).toEqual([source, { value: undefined, failed: 'type' }]);
      }
    },
  );
});

describe('a number is read by one rule (T0)', () => {
  it.each(['', ' ', '80 EUR', '80,50', '0x10', 'Infinity', 'NaN'])('"%s" is none, under ! and != too', (n) => {
    for (const source of ['int(event.n) < 20', 'double(event.n) != 20', '!(double(event.n) >= 20)']) {
      expect([source, asked(source, { n }).value]).toEqual([source, undefined]);
    }
  });

  it.each([
    ['80.50', 80.5],
    [' -3 ', -3],
    ['1e3', 1000],
    [7, 7],
  ])('%s is one', (n, wanted) => {
    expect(asked('double(event.n)', { n }).value).toBe(wanted);
  });
});

describe('join, split and + count what they make, outside of a walk too', () => {
  const words = Array(6000).fill('') as string[];
  const long = 'x'.repeat(30_000);

  it.each([
    ['join', 'size(event.words.join(event.long)) > 1'],
    ['split', 'event.long.split("").join(event.long).size() > 1'],
    ['a chain of +', `size(${Array(180).fill('event.huge').join(' + ')}) > 1`],
  ])('%s', (_, source) => {
    const huge = 'x'.repeat(500_000);
    expect(asked(source, { words, long, huge }).value).toBe(undefined);
  });

  it('what is small is joined and split as before', () => {
    expect(asked('event.l.join(", ")', { l: ['a', 'b'] }).value).toBe('a, b');
    expect(asked('event.t.split("-")[1]', { t: 'a-b' }).value).toBe('b');
    expect(asked('event.l.join()', { l: ['a', 'b'] }).value).toBe('ab');
    expect(asked('event.l.join("")', { l: ['a', 1] }).value).toBe(undefined);
  });
});
