/** E6, N1: from when a visitor's firing enters, and for whom, whatever arrives first. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { runEvaluator } from '../../../evaluator/evaluator.ts';
import { stepClock } from '../../../store/postgres/clock.ts';
import { silent, startEvaluation } from '../../support/evaluation.ts';
import { alias, at, enrolments, firings, identify, known, visitor } from '../visitors.ts';
import { endsOf, othersThan } from './arrivals.ts';

const clock = { from: at('08:00'), now: at('12:00'), until: at('12:10') };

const seen = (more: string) => [
  {
    path: 'seen.yaml',
    text: `playbook: seen\ntrigger: { event: viewed }\n${more}\nsteps: [{ wait: 2d }, { record: seen }]\n`,
  },
];

describe('a visitor who signs in, and whose account an alias then joins with another', () => {
  const claims = [identify('10:20', {}, 'kay', 'x'), alias('10:40', 'kay', 'lea')];

  it('enters when the visitor became somebody known, not when the accounts became one', async () => {
    const events = [visitor('viewed', '10:00'), ...claims];
    const story = { files: seen('again: always'), clock, events, read: enrolments };
    expect(await othersThan(story, ['10:20 seen lea'])).toEqual({});
  });

  it('is not overtaken by what only the other account did before', async () => {
    const events = [visitor('viewed', '10:00'), known('order.completed', '10:10', 'lea'), ...claims];
    const files = seen('again: always\ngoal: { event: order.completed, within: 7d }');
    expect(await othersThan({ files, clock, events, read: enrolments }, ['10:20 seen lea'])).toEqual({});
  });

  it('is overtaken by what it did itself, also where the firing comes to light last', async () => {
    const events = [visitor('viewed', '10:00'), visitor('order.completed', '10:10'), claims[0]!];
    const files = seen('again: always\ngoal: { event: order.completed, within: 7d }');
    const ends = Object.entries(await endsOf({ files, clock, events, read: firings }));
    const known = ends.filter(([came]) => came === 'all at once' || /^one at a time: .*, viewed\S+$/.test(came));
    expect(new Set(known.map(([, end]) => end.join()))).toEqual(new Set(['10:00 seen kay overtaken']));
    expect(known).toHaveLength(3);
  });
});

describe('a device that turns out to have been another`s', () => {
  it('holds up nobody: neither who got it by what the first had, nor the first by what went', async () => {
    const events = [
      identify('09:40', {}, 'kay', 'x'),
      known('viewed', '09:50', 'kay'),
      identify('09:55', {}, 'lea', 'x'),
      visitor('viewed', '10:00'),
    ];
    const story = { files: seen('again: after 7d'), clock, events, read: enrolments };
    expect(await othersThan(story, ['09:50 seen kay', '10:00 seen lea'])).toEqual({});
  });

  it('is asked for an audience as whose it is', async () => {
    const events = [
      identify('09:40', { plan: 'free' }, 'kay', 'x'),
      identify('09:55', { plan: 'pro' }, 'lea', 'x'),
      visitor('viewed', '10:00'),
    ];
    const story = { files: seen('audience: contact.plan == "pro"'), clock, events, read: enrolments };
    expect(await othersThan(story, ['10:00 seen lea'])).toEqual({});
    const waiting = { ...story, files: seen('audience: contact.plan == "pro"\nif_refused: wait up to 2d') };
    expect(await othersThan(waiting, ['10:00 seen lea'])).toEqual({});
  });
});

describe('a firing whose time to wait for its audience is over before a merge', () => {
  const more =
    'audience: contact.plan == "pro"\nif_refused: wait up to 1h\ngoal: { event: order.completed, within: 7d }';
  const opened = known('viewed', '10:00', 'lea');
  const merging = (time: string) => [
    visitor('order.completed', '10:30'),
    identify(time, {}, 'kay', 'x'),
    alias(time, 'lea', 'kay'),
  ];

  it('ends refused by it, whatever the merge then brings from within that time', async () => {
    const events = [opened, ...merging('11:40')];
    const story = { files: seen(more), clock, events, read: firings };
    expect(await othersThan(story, ['10:00 seen kay audience'])).toEqual({});
  });

  it.each([
    ['11:40', 'audience'],
    ['10:40', 'overtaken'],
  ])('also where the evaluator was away meanwhile: merged at %s it is %s', async (time, reason) => {
    const evaluation = await startEvaluation(at('10:00'), seen(more));
    onTestFinished(() => evaluation.close());
    await evaluation.send(opened);
    await evaluation.step(at('10:05'));
    await evaluation.evaluator.stop();
    await stepClock(evaluation.database.pool, Date.parse(at('10:30')));
    await evaluation.send(...merging(time).slice(0, 1));
    await stepClock(evaluation.database.pool, Date.parse(at(time)));
    await evaluation.send(...merging(time).slice(1));
    await stepClock(evaluation.database.pool, Date.parse(at('12:00')));
    const again = runEvaluator({ database: evaluation.database, log: silent });
    await again.idle();
    expect(await firings(evaluation)).toEqual([`10:00 seen kay ${reason}`]);
    await again.stop();
  });
});
