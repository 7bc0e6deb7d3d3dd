/** After a late event the state and the firings are what E4's order gives (E5): the pure walk and comparison. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enrolmentIdOf } from '../../../language/hash.ts';
import type { SubjectRef } from '../../../language/model.ts';
import {
  compareEvents,
  comparePlaces,
  type Place,
  placeOfDeadline,
  placeOfEvent,
  type TimelineEvent,
} from '../../../language/records/timeline.ts';
import type { World } from '../../../language/records/world.ts';
import { emptyState, type SubjectState } from '../../../triggers/engine/state.ts';
import { horizonOf, thinned } from '../../../triggers/history/checkpoints.ts';
import { horizonMsOf, triggerWindowMs } from '../../../triggers/history/horizon.ts';
import { type MadeFiring, reconcile } from '../../../triggers/history/reconcile.ts';
import { copyOf, replay, type Seed, startOfReplay } from '../../../triggers/history/replay.ts';
import { buildProgram, type TriggerProgram } from '../../../triggers/index/program.ts';
import { compiled } from '../play.ts';

const ADA: SubjectRef = { type: 'contact', id: 'ada' };
const START = Date.parse('2026-03-02T10:00:00Z');
const MINUTE = 60_000;
const END = placeOfDeadline(START + 1_000 * MINUTE);

const worldOf = (): World => ({
  traits: () => ({}),
  computed: () => undefined,
  isComputed: () => false,
  people: { persons: [], teams: [], channels: {} },
});

function programOf(trigger: string): TriggerProgram {
  const { versions, workspace } = compiled(`trigger: ${trigger}\nsteps: [{ record: x }]`);
  return buildProgram(versions, workspace.settings);
}

/** Before all events of an instant. */
function beginOf(at: number): Place {
  return { at, round: 0, phase: 'events', receivedAt: Number.NEGATIVE_INFINITY, arrival: 0 };
}

function event(arrival: number, minute: number, name: string, properties = {}): TimelineEvent {
  const at = START + minute * MINUTE;
  const messageId = `m${arrival}`;
  return { arrival, messageId, name, at, receivedAt: at, properties, subjects: [ADA], patches: [] };
}

function walked(program: TriggerProgram, events: readonly TimelineEvent[], from: SubjectState = emptyState(ADA)) {
  const items = [...events].sort(compareEvents).map((one) => ({ kind: 'event' as const, event: one }));
  return replay({ program, from, items, worldOf, until: END });
}

interface Made extends MadeFiring {
  entered: boolean;
}

/** Lets events arrive in some order; each is compared with what was made before it. */
function arriving(program: TriggerProgram, arrivals: readonly TimelineEvent[]) {
  const made = new Map<string, Made>();
  const ids = (given: readonly Seed[]) => given.map(({ firing }) => enrolmentIdOf(firing)).sort();
  let seen: TimelineEvent[] = [];
  for (const late of arrivals) {
    seen = [...seen, late];
    const { fired } = walked(program, seen);
    const { undone, moved, restored, fresh } = reconcile(
      [...made.values()],
      fired,
      { place: placeOfEvent(late) },
      (firing) => triggerWindowMs(program.versions.get(firing.version)!),
    );
    for (const row of undone) made.set(row.id, { ...row, isUndone: true, standsFor: null });
    for (const { made: row, to } of moved) made.set(row.id, { ...row, isUndone: true, standsFor: to });
    for (const { made: row } of restored) made.set(row.id, { ...row, isUndone: false, standsFor: null });
    for (const { id, firing } of fresh) {
      const { playbook, key, at } = firing;
      made.set(id, { id, playbook, key, at, isUndone: false, entered: true });
    }
  }
  const standing = [...made.values()].flatMap((row) =>
    row.standsFor ? [row.standsFor.id] : row.isUndone ? [] : [row.id],
  );
  return { made: [...made.values()], standing: standing.sort(), given: ids(walked(program, seen).fired) };
}

const TRIGGERS = [
  '{ event: a }',
  '{ event: a, at_least: 3, within: 20m }',
  '{ event: a, unless: b, within: 10m }',
  '{ event: a, unless: b, within: 10m, timer: first, key: event.k }',
  '{ event: a, fewer_than: 2, of: b, within: 15m }',
  '{ inactive: a, for: 12m }',
];

describe('whatever the order of arrival, what stands is what the order of time gives (E5)', () => {
  for (const trigger of TRIGGERS) {
    const program = programOf(trigger);
    it(trigger, () => {
      const histories = fc.array(
        fc.record({
          minute: fc.integer({ min: 0, max: 40 }),
          name: fc.constantFrom('a', 'b'),
          k: fc.constantFrom('x', 'y'),
        }),
        { minLength: 1, maxLength: 12 },
      );
      fc.assert(
        fc.property(histories, (rows) => {
          const arrivals = rows.map(({ minute, name, k }, n) => event(n + 1, minute, name, { k }));
          const { standing, given } = arriving(program, arrivals);
          expect(standing).toEqual(given);
        }),
        { numRuns: 150 },
      );
    });
  }
});

describe('a walk may begin at any place of the order', () => {
  it('from a checkpoint it comes to the state and the firings of a walk from the beginning', () => {
    const program = programOf('{ event: a, unless: b, within: 10m, key: event.k }');
    const events = [
      event(1, 0, 'a', { k: 'x' }),
      event(2, 4, 'a', { k: 'y' }),
      event(3, 8, 'b', { k: 'x' }),
      event(4, 30, 'a', { k: 'x' }),
    ];
    const whole = walked(program, events);
    const half = replay({
      program,
      from: emptyState(ADA),
      items: events.slice(0, 2).map((one) => ({ kind: 'event', event: one })),
      worldOf,
      until: placeOfEvent(events[1]!),
    });
    const rest = walked(program, events.slice(2), startOfReplay(ADA, copyOf(half.state), whole.state));
    expect([...rest.state.slots]).toEqual([...whole.state.slots]);
    expect([...half.fired, ...rest.fired]).toEqual(whole.fired);
  });

  it('deadlines of the last instant are looked at only where it stands behind its events', () => {
    const program = programOf('{ event: a, unless: b, within: 10m }');
    const items = [{ kind: 'event' as const, event: event(1, 0, 'a') }];
    const at = START + 10 * MINUTE;
    const upTo = (until: typeof END) => replay({ program, from: emptyState(ADA), items, worldOf, until }).fired.length;
    expect(upTo({ ...placeOfDeadline(at), phase: 'events' })).toBe(0);
    expect(upTo(placeOfDeadline(at))).toBe(1);
  });
});

describe('a firing that was made and one that is given may be one (E5)', () => {
  const program = programOf('{ event: a, unless: b, within: 10m }');

  it('a later opening event moves the firing: the made one stands for it, and goes on standing', () => {
    const { made } = arriving(program, [event(1, 0, 'a'), event(2, 5, 'a')]);
    expect(made).toMatchObject([{ at: START + 10 * MINUTE, isUndone: true, standsFor: { at: START + 15 * MINUTE } }]);
    // A further event that has nothing to do with it enters nobody.
    expect(arriving(program, [event(1, 0, 'a'), event(2, 5, 'a'), event(3, 2, 'c')]).made).toHaveLength(1);
  });

  it('what stands for another is taken back when that is no longer given', () => {
    const { made } = arriving(program, [event(1, 0, 'a'), event(2, 5, 'a'), event(3, 7, 'b')]);
    expect(made).toMatchObject([{ isUndone: true, standsFor: null }]);
  });

  it('a firing that was taken back and is given again stands, and is not made twice', () => {
    // The purchase belongs to a watch that a still later event closes before.
    const twice = programOf('{ event: a, fewer_than: 1, of: b, within: 10m }');
    const { made, standing, given } = arriving(twice, [event(1, 10, 'a'), event(2, 15, 'b'), event(3, 1, 'a')]);
    expect(standing).toEqual(given);
    expect(new Set(made.map(({ id }) => id)).size).toBe(made.length);
  });

  it('up to the length of its window it stands for another, and no further', () => {
    const [{ firing, place }] = walked(program, [event(1, 30, 'a')]).fired as [Seed];
    const made = { id: 'made', playbook: 'p', key: '', at: START + 20 * MINUTE, isUndone: false };
    const movedBy = (minutes: number) => {
      const at = made.at + minutes * MINUTE;
      return reconcile(
        [made],
        [{ firing: { ...firing, at }, place: { ...place, at } }],
        { place: beginOf(START) },
        () => 10 * MINUTE,
      );
    };
    expect(movedBy(10)).toMatchObject({ moved: [{ made, to: { at: START + 30 * MINUTE } }], undone: [], fresh: [] });
    expect(movedBy(11)).toMatchObject({ moved: [], undone: [made], fresh: [{ firing: { at: START + 31 * MINUTE } }] });
  });

  it('what waits, or was refused, stands for none: it is taken back, and the other one made', () => {
    const [{ firing, place }] = walked(program, [event(1, 30, 'a')]).fired as [Seed];
    const made = { id: 'made', playbook: 'p', key: '', at: START + 30 * MINUTE, isUndone: false };
    const given = [{ firing: { ...firing, at: made.at }, place: { ...place, at: made.at } }];
    const ending = (isOutside: boolean) =>
      reconcile([{ ...made, isOutside }], given, { place: beginOf(START) }, () => 10 * MINUTE);
    expect(ending(true)).toMatchObject({ moved: [], undone: [{ id: 'made' }], fresh: [{ firing: { at: made.at } }] });
    expect(ending(false)).toMatchObject({ moved: [{ to: { at: made.at } }], undone: [], fresh: [] });
  });

  it('nothing before the late event is taken back or made', () => {
    const [{ firing, place }] = walked(program, [event(1, 0, 'a')]).fired as [Seed];
    const made = { id: 'made', playbook: 'p', key: '', at: START + 9 * MINUTE, isUndone: false };
    const nothing = { undone: [], moved: [], restored: [], standing: [], fresh: [] };
    expect(reconcile([made], [{ firing, place }], { place: beginOf(START + 11 * MINUTE) }, () => 0)).toEqual(nothing);
  });

  it('nor is what lies before it in its own instant: that one came in before it (E4)', () => {
    const counts = programOf('{ event: a, at_least: 2, within: 1h }');
    // As after a merge, which alone fires nothing (E6): the two are there, and nothing was made of them.
    const events = [event(1, 0, 'a'), event(2, 0, 'a'), event(3, 0, 'a')];
    const { fired } = walked(counts, events);
    expect(fired).toHaveLength(1);
    const after = (late: TimelineEvent) => reconcile([], fired, { place: placeOfEvent(late) }, () => 0).fresh.length;
    expect(events.map(after)).toEqual([1, 1, 0]);
  });

  it('nothing before the late event is given again', () => {
    const [given] = walked(program, [event(1, 0, 'a')]).fired as [Seed];
    const { playbook, key, at } = given.firing;
    const to = { id: 'other', at: at + MINUTE };
    const made = { id: enrolmentIdOf(given.firing), playbook, key, at, isUndone: true, standsFor: to };
    expect(reconcile([made], [given], { place: beginOf(at) }, () => 0).restored).toMatchObject([{ made }]);
    expect(reconcile([made], [given], { place: beginOf(at + 2 * MINUTE) }, () => 0)).toMatchObject({
      restored: [],
      undone: [],
      fresh: [],
    });
  });
});

describe('checkpoints (E5)', () => {
  const at = (days: number, consumed: number) => ({ place: placeOfDeadline(START + days * 86_400_000), consumed });

  it('one stands at the horizon and at most four are younger, the newest among them', () => {
    const all = Array.from({ length: 40 }, (_, n) => at(n, n * 256));
    const kept = thinned(all, START + 39 * 86_400_000, 10 * 86_400_000);
    expect(kept).toHaveLength(5);
    expect(kept[0]).toBe(all[39]);
    expect(kept.at(-1)).toBe(all[29]);
  });

  it('as long as none is old enough the beginning is the horizon', () => {
    const all = [at(1, 256), at(2, 512)];
    expect(horizonOf(all, START + 3 * 86_400_000, 10 * 86_400_000)).toBeUndefined();
    expect(thinned(all, START + 3 * 86_400_000, 10 * 86_400_000)).toHaveLength(2);
  });

  it('written one at a time they stand further and further apart', () => {
    let kept: ReturnType<typeof at>[] = [];
    for (let n = 1; n <= 100; n++)
      kept = thinned([...kept, at(n / 100, n * 256)], START + n * 864_000, 30 * 86_400_000);
    const gaps = kept.slice(0, -1).map((one, i) => one.consumed - kept[i + 1]!.consumed);
    expect(kept).toHaveLength(4);
    expect(gaps.at(-1)!).toBeGreaterThan(gaps[0]!);
  });

  it('the horizon lies at least one too_late_after and one longest window back', () => {
    const program = programOf('{ event: a, unless: b, within: 5d }\ntoo_late_after: 24h');
    expect(horizonMsOf(program, 'contact')).toBe(6 * 86_400_000);
    const drop = programOf(
      '{ metric: { count: true, event: a }, over: 7d, drops: 50%, compared_with: 28d }\ntoo_late_after: 24h',
    );
    expect(horizonMsOf(drop, 'contact')).toBe(36 * 86_400_000);
  });

  it('places of one instant stand in E4 order', () => {
    expect(comparePlaces(placeOfEvent(event(1, 0, 'a')), placeOfDeadline(START))).toBeLessThan(0);
  });
});
