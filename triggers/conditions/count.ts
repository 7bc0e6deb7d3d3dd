/** T2: the rising edge of a count; with `unless` and `hold`, a watch that the edge opens. */
import { z } from 'zod';
import type { CalendarUnit, CompiledArm } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { calendarUnitIn, calendarWindow, LONGEST_WINDOW_MS } from '../../language/time/calendar/window.ts';
import { type Condition, type NearMiss, type Snapshot, snapshotOf } from '../condition.ts';
import {
  describeEvents,
  describeWindow,
  eventShape,
  ownEvents,
  patternShape,
  spanShape,
  whereShape,
} from './shapes.ts';

const schema = z
  .strictObject({
    event: eventShape,
    where: whereShape.optional(),
    at_least: z.int().min(1).max(1000),
    within: spanShape,
    unless: patternShape.optional(),
    hold: spanShape.optional(),
  })
  .refine((v) => (v.unless === undefined) === (v.hold === undefined), {
    error: '`unless` and `hold` go together: the event that stops it, and how long to wait for that',
  });

interface Seen {
  id: string;
  at: number;
}
interface CountState {
  /** The latest n matching events: more are never needed to tell the edge. */
  seen: Seen[];
  watch?: { latest: Snapshot; evidence: string[]; dueAt: number };
}

export const condition: Condition<CountState> = {
  kind: 'count',
  keys: ['event', 'at_least'],
  schema,
  byTime: (arm) => arm.windows.hold !== undefined,
  keyless: { counted: 'no-part', unless: 'every-key' },
  compile(value: z.infer<typeof schema>, path: Path, context: CompileContext) {
    const unit = calendarUnitIn(value.within);
    return {
      roles: {
        counted: ownEvents(value, path, context),
        ...(value.unless !== undefined && { unless: context.events(value.unless, [...path, 'unless']) }),
      },
      windows: {
        ...(unit === undefined && { within: context.span(value.within, [...path, 'within']) }),
        ...(value.hold !== undefined && { hold: context.span(value.hold, [...path, 'hold']) }),
      },
      values: {},
      config: { atLeast: value.at_least, ...(unit !== undefined && { unit }) },
    };
  },
  describe(arm) {
    const { atLeast, unit } = configOf(arm);
    const window = unit === undefined ? describeWindow(arm, 'within') : `one calendar ${unit}`;
    const edge = `${atLeast} × ${describeEvents(arm.roles.counted)} within ${window}`;
    if (!arm.roles.unless) return edge;
    return `${edge}, then no ${describeEvents(arm.roles.unless)} for ${describeWindow(arm, 'hold')}`;
  },
  example: 'trigger: { event: call.logged, at_least: 3, within: 7d }',

  onEvent(arm, before, { event, roles, endOf, zone }) {
    const { atLeast, unit } = configOf(arm);
    const endOfWindow = (from: number) => (unit ? calendarWindow(unit, from, zone).end : endOf('within', from));
    let state: CountState = before ?? { seen: [] };
    // Events before an X are never counted again, the watch closes; an event that is both is the first after itself.
    if (roles.has('unless')) state = { seen: [] };
    if (!roles.has('counted')) return keep(state);
    // What lies in (e.at - w, e.at] is what ends its own w after e; so business time counts, too.
    const earlier = state.seen.filter((s) => (endOfWindow(s.at) ?? event.at) > event.at);
    // A table's row or a calendar may yet make a window longer: then what lies outside of it may come back.
    const known = unit || arm.windows.within?.kind === 'exact' ? earlier : state.seen;
    const seen = [...known, { id: event.messageId, at: event.at }].slice(-atLeast);
    const missed = nearMissOf(atLeast, earlier.length, state.watch !== undefined);
    const isEdge = earlier.length === atLeast - 1 && endOfWindow(event.at) !== undefined;
    if (!isEdge || state.watch) return { ...keep({ ...state, seen }), ...missed };
    const evidence = [...earlier.map((s) => s.id), event.messageId];
    const latest = snapshotOf(event);
    if (arm.windows.hold) {
      const dueAt = endOf('hold', event.at);
      return { ...keep(dueAt === undefined ? { seen } : { seen, watch: { latest, evidence, dueAt } }), ...missed };
    }
    const firings = [{ at: event.at, evidence, latest, fields: { count: atLeast } }];
    return { ...keep({ ...state, seen }), firings, ...missed };
  },

  lacks(arm, passed, { at, endOf, zone, told }) {
    const { atLeast, unit } = configOf(arm);
    const watch = passed.at(-1)?.state?.watch;
    if (watch)
      return [
        `${atLeast} have come; it looks at ${told(watch.dueAt)} whether none of ${describeEvents(arm.roles.unless)} has`,
      ];
    const endOfWindow = ({ at: from }: Seen) => (unit ? calendarWindow(unit, from, zone).end : endOf('within', from));
    // What came before an X, or before what has fired, is not counted any more.
    const since = passed.slice(passed.findLastIndex(({ state }) => state === undefined || state.seen.length === 0) + 1);
    const all = new Map(since.flatMap(({ state }) => state!.seen.map((one) => [one.id, one] as const)));
    const seen = [...all.values()].sort((a, b) => a.at - b.at);
    const inside = seen.filter((one) => (endOfWindow(one) ?? 0) > at);
    const had =
      inside.length === 0 ? 'had none' : `had ${inside.length}: ${inside.map((one) => told(one.at)).join(', ')}`;
    const window = unit === undefined ? describeWindow(arm, 'within') : `one calendar ${unit}`;
    const left = seen.filter((one) => !inside.includes(one)).slice(-SHOWN_LEFT);
    return [
      `needs ${atLeast} × ${describeEvents(arm.roles.counted)} in ${window}; ${had}`,
      ...(inside.length >= atLeast ? [`it fires with number ${atLeast}, and again once fewer lie in the window`] : []),
      ...left.map((one) => `that of ${told(one.at)} left the window ${leftAt(endOfWindow(one), told)}`),
    ];
  },

  isInert(arm, { seen, watch }, at) {
    const { within } = arm.windows;
    return watch === undefined && within?.kind === 'exact' && seen.every((one) => one.at + within.ms <= at);
  },

  windowMs(arm) {
    const { unit } = configOf(arm);
    return unit === undefined ? 0 : LONGEST_WINDOW_MS[unit];
  },

  onDeadline(arm, state, { at }) {
    const { atLeast } = configOf(arm);
    if (!state.watch || state.watch.dueAt > at) return keep(state);
    const { latest, evidence, dueAt } = state.watch;
    return { ...keep({ seen: state.seen }), firings: [{ at: dueAt, evidence, latest, fields: { count: atLeast } }] };
  },
};

/** Of those that no longer count. */
const SHOWN_LEFT = 3;

function leftAt(end: number | undefined, told: (at: number) => string): string {
  return end === undefined ? 'as no length is known for it' : told(end);
}

interface CountConfig {
  atLeast: number;
  /** A window of the calendar, in the playbook's zone, in place of `within`. */
  unit?: CalendarUnit;
}

function configOf(arm: CompiledArm): CountConfig {
  return arm.config as unknown as CountConfig;
}

/** One short of the edge; an earlier near miss is withdrawn when the edge comes. */
function nearMissOf(atLeast: number, earlier: number, watches: boolean): { missed?: NearMiss } {
  const short = atLeast - 1 - earlier;
  if (atLeast === 1 || watches || short < 0 || short > 1) return {};
  return { missed: { by: `${atLeast - 1} of ${atLeast}`, amount: short === 1 ? 1 : -1 } };
}

function keep(state: CountState) {
  if (state.seen.length === 0 && !state.watch) return { state: undefined };
  return { state, dueAt: state.watch?.dueAt };
}
