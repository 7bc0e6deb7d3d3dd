/** E6, N1: from when a visitor's firing enters, and for whom, whatever arrives first. */
import { describe, expect, it } from 'vitest';
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
