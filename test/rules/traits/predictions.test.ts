/** T14, `predicts`: what is foretold at a day's start, and which events are what was foretold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registry } from '../../../evaluation/registry.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import type { Json, Traits } from '../../../language/model.ts';
import type { TimelineEvent } from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import { localDate, localMinute } from '../../../language/time/zones.ts';
import { buildProgram } from '../../../triggers/index/program.ts';
import { awaiting, dayStartAfter, predictedAt, predictionsOf } from '../../../triggers/traits/predictions.ts';

const TRAITS = `subject: contact
traits:
  risk:
    formula: contact.points * 2
    predicts: { event: [cancelled, { event: asked, where: event.of == contact.plan }], within: 30d, when: contact.risk >= 50 }
  plain: { formula: contact.points + 1 }
`;
const { versions, workspace, diagnostics } = compileWorkspace(
  [
    { path: 'settings.yaml', text: 'time_zone: Europe/Berlin\n' },
    { path: 'traits/own.yaml', text: TRAITS },
    {
      path: 'p.yaml',
      text: 'playbook: p\ntrigger: { event: x, where: contact.risk > contact.plain }\nsteps: [{ record: r }]\n',
    },
  ],
  registry,
);
const program = buildProgram(versions, workspace.settings);
const ada = { type: 'contact' as const, id: 'ada' };

const worldOf = (traits: Traits): World => ({
  traits: () => traits,
  computed: () => (typeof traits.points === 'number' ? traits.points * 2 : undefined),
  isComputed: (_type, trait) => trait === 'risk',
  people: workspace.people,
});
const event = (name: string, properties: { [name: string]: Json } = {}): TimelineEvent => ({
  arrival: 1,
  messageId: 'm',
  name,
  at: 0,
  receivedAt: 0,
  properties,
  subjects: [ada],
  patches: [],
});

describe('a trait that predicts (T14)', () => {
  const [prediction, ...others] = predictionsOf(program);

  it('is found among the deployed ones, and what it awaits is listened to', () => {
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(others).toEqual([]);
    expect(prediction).toMatchObject({ trait: 'contact.risk', subject: 'contact', zone: 'Europe/Berlin' });
    expect(program.names).toContain('cancelled');
    expect(program.names).toContain('asked');
  });

  it('foretells yes or no; where `when` has no answer it foretells nothing', () => {
    const told = (traits: Traits, zone = 'Europe/Berlin') =>
      predictedAt(prediction!, worldOf(traits), ada, { zone, at: 0 });
    expect([told({ points: 25 }), told({ points: 24 }), told({}), told({ points: 'many' })]).toEqual([
      true,
      false,
      undefined,
      undefined,
    ]);
  });

  it("at the start of the day of a record's own zone, else of the settings'", () => {
    const told = (zone: string, own?: string) =>
      predictedAt(prediction!, worldOf({ points: 25, ...(own && { time_zone: own }) }), ada, { zone, at: 0 });
    expect([told('Europe/Berlin'), told('America/Lima')]).toEqual([true, undefined]);
    expect([told('Europe/Berlin', 'America/Lima'), told('America/Lima', 'America/Lima')]).toEqual([undefined, true]);
    expect(told('Europe/Berlin', 'Moon/Crater')).toBe(true);
  });

  it('awaits its events alone, where they hold for the record', () => {
    const awaits = (one: TimelineEvent) => awaiting(program, worldOf({ plan: 'gold' }), ada, one).length;
    expect([awaits(event('cancelled')), awaits(event('page'))]).toEqual([1, 0]);
    expect([
      awaits(event('asked', { of: 'gold' })),
      awaits(event('asked', { of: 'tin' })),
      awaits(event('asked')),
    ]).toEqual([1, 0, 0]);
    expect(awaiting(program, worldOf({}), { type: 'account', id: 'acme' }, event('cancelled'))).toEqual([]);
  });
});

describe('a day starts', () => {
  it('with the first instant that its date has, once for each date, when clocks change too', () => {
    const nextStart = (zone: string, iso: string) => isoInstant(dayStartAfter(zone, Date.parse(iso)));
    expect(nextStart('Europe/Berlin', '2026-03-28T23:00:00.000Z')).toBe('2026-03-29T22:00:00.000Z');
    expect(nextStart('Africa/Cairo', '2026-04-23T21:59:59.999Z')).toBe('2026-04-23T22:00:00.000Z');
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'Africa/Cairo',
      'America/Santiago',
      'Pacific/Apia',
      'America/Havana',
    );
    const instants = fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const start = dayStartAfter(zone, at);
        expect(start).toBeGreaterThan(at);
        expect(localDate(start, zone) > localDate(at, zone)).toBe(true);
        // Whatever is before it belongs to the day before.
        expect(localDate(start - 1, zone) < localDate(start, zone)).toBe(true);
        if (localMinute(start, zone) !== 0) expect(localMinute(start - 1, zone)).toBe(24 * 60 - 1);
      }),
    );
  });
});
