/** T0: a number of seconds or milliseconds since 1970 is an instant where a trait says so, for every reader. */
import { describe, expect, it } from 'vitest';
import { compileExpression, evaluate } from '../../language/cel.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { backtest, call, fileOf, playbooks } from '../backtest/support.ts';

const NOW = Date.parse('2026-05-10T10:00:00Z');

function asked(source: string, t: unknown) {
  const { expression, errors } = compileExpression(source, { roots: ['event'] });
  if (expression === undefined) throw new Error(errors.map((e) => e.message).join());
  return evaluate(expression, { event: { t } as never, now: isoInstant(NOW) }, { now: NOW, zone: 'Europe/Berlin' });
}

describe('a function reads it', () => {
  it.each([
    ['from_seconds(event.t)', 1_778_407_200, '2026-05-10T10:00:00.000Z'],
    ['from_seconds(event.t)', ' 1778407200.5 ', '2026-05-10T10:00:00.500Z'],
    ['from_milliseconds(event.t)', 1_778_407_200_000, '2026-05-10T10:00:00.000Z'],
    ['from_milliseconds(event.t) == now', '1778407200000', true],
    ['days_until(from_seconds(event.t))', 1_778_450_400, 1],
    ['now < from_seconds(event.t)', 1_778_450_400, true],
  ])('%s of %j', (source, t, value) => expect(asked(source, t)).toEqual({ value }));

  it.each(['2026-05-10', '', '10 days', true, null, -1, 1e15, [1]])('%j is of the wrong type', (t) =>
    expect(asked('from_seconds(event.t)', t)).toEqual({ value: undefined, failed: 'type' }),
  );
});

describe('a trait that says so is read', () => {
  const TRAITS = `subject: contact
traits:
  renews_at: { formula: from_seconds(contact.period_end) }
  ends_at: { formula: from_milliseconds(contact.end_ms) }
`;
  /** 2026-03-10, 09:00 UTC. */
  const END = Date.UTC(2026, 2, 10, 9);

  it.each([
    [
      'by a date',
      'trigger: { date: contact.renews_at, offset: -1d }\nsteps: [{ record: x }]',
      '2026-03-09T09:00:00.000Z',
    ],
    [
      'by a wait',
      'trigger: { event: seen }\nsteps: [{ wait: { until: contact.ends_at - 2d } }, { record: x }]',
      '2026-03-08T09:00:00.000Z',
    ],
    [
      'by what turns',
      'trigger: { becomes: contact.renews_at < now }\nsteps: [{ record: x }]',
      '2026-03-10T09:00:00.001Z',
    ],
    [
      'by days that turn',
      'trigger: { becomes: days_until(contact.ends_at) <= 1 }\nsteps: [{ record: x }]',
      '2026-03-09T00:00:00.000Z',
    ],
    ['by a segment', 'trigger: { enters: over }\nsteps: [{ record: x }]', '2026-03-10T09:00:00.001Z'],
    [
      'by an audience',
      'trigger: { event: seen }\naudience: days_until(contact.renews_at) == 8\nsteps: [{ record: x }]',
      '2026-03-02T11:00:00.000Z',
    ],
  ])('%s', async (_what, playbook, at) => {
    const folder = await playbooks({
      dated: playbook,
      settings: 'time_zone: UTC\n',
      'traits/contact.yaml': TRAITS,
      'segments/contact.yaml': 'subject: contact\nsegments:\n  over: contact.renews_at < now\n',
    });
    const traits = { period_end: END / 1000, end_ms: END };
    const file = await fileOf([
      call(0, 'identify', 'ada', { type: 'identify', event: undefined, traits }),
      call(1, 'seen', 'ada'),
    ]);
    const { lines } = await backtest(folder, [file], '--until', '2026-04-01T00:00:00Z');
    const done = lines.filter(({ type }) => type === 'effect').map((line) => line.at);
    expect(done).toEqual([at]);
  });

  it('by a text, in the reader’s zone', async () => {
    const folder = await playbooks({
      told: 'trigger: { event: seen }\nsteps: [{ update: { contact.said: "Renews {{ contact.renews_at }}, on {{ date contact.ends_at }}" } }]',
      settings: 'time_zone: Europe/Berlin\n',
      'traits/contact.yaml': TRAITS,
    });
    const traits = { period_end: END / 1000, end_ms: String(END) };
    const file = await fileOf([
      call(0, 'identify', 'ada', { type: 'identify', event: undefined, traits }),
      call(1, 'seen', 'ada'),
    ]);
    const { lines } = await backtest(folder, [file]);
    expect(lines.find(({ type }) => type === 'effect')).toMatchObject({
      update: { 'contact.said': 'Renews 10 Mar 2026, 10:00, on 10 Mar 2026' },
    });
  });
});
