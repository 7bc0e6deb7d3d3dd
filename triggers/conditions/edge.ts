/** What `becomes`, `enters` and `leaves` share: a condition over records that turns, by an event or by time. */
import type { Instant } from '../../language/model.ts';
import {
  type Passed,
  type RawFiring,
  type RecordSituation,
  type Reduction,
  type Snapshot,
  type Standing,
  snapshotOf,
} from '../condition.ts';

export interface EdgeState {
  /** Whether it held at the last evaluation. */
  held: boolean;
  /** It has turned, and must stay so until `dueAt`; `by` is null where time turned it. */
  watch?: { by: Snapshot | null; dueAt: Instant };
}

/**
 * Evaluates the expression `condition`. Without state it has not held: so a record that arrives true turns then (T9).
 * @param edge what fires: that it comes to hold, or that it no longer does
 * @param holdFor whether it must then stay so for the window `for`
 */
export function evaluateEdge(
  before: EdgeState | undefined,
  situation: RecordSituation,
  edge: 'on' | 'off',
  holdFor: boolean,
): Reduction<EdgeState> {
  const { at, event, isSeed: given } = situation;
  const held = situation.holds('condition');
  const isOn = held === (edge === 'on');
  const turned = !given && isOn && held !== (before?.held ?? false);
  const by = event ? snapshotOf(event) : null;
  const firings: RawFiring[] = [];
  let watch = isOn ? before?.watch : undefined;
  if (turned && !holdFor) firings.push(firingOf(at, by));
  if (turned && holdFor) {
    const dueAt = situation.endOf('for', at);
    watch = dueAt === undefined ? undefined : { by, dueAt };
  }
  // An event at exactly the deadline may still turn it back (E4): only the deadline itself fires.
  if (watch && !event && watch.dueAt <= at) {
    firings.push(firingOf(watch.dueAt, watch.by));
    watch = undefined;
  }
  const turnsAt = situation.nextThresholdAt('condition');
  const dueAt = watch && (turnsAt === undefined || watch.dueAt < turnsAt) ? watch.dueAt : turnsAt;
  if (!held && dueAt === undefined) return { state: undefined, firings };
  return { state: { held, ...(watch && { watch }) }, dueAt, firings };
}

/** How the condition stands, by what it read. */
export function edgeStands(
  passed: readonly Passed<EdgeState>[],
  { looked, told }: Pick<Standing, 'looked' | 'told'>,
  edge: 'on' | 'off',
): string[] {
  const { state } = passed.at(-1) ?? {};
  if (state?.watch) return [`it has turned, and fires at ${told(state.watch.dueAt)} if it stays so: ${looked}`];
  const heldIn = (one: Passed<EdgeState> | undefined) => one?.state?.held ?? false;
  const isOn = heldIn(passed.at(-1)) === (edge === 'on');
  if (!isOn) return [`it has not turned: ${looked}`];
  const since = passed.findLast((one, i) => heldIn(passed[i - 1]) !== heldIn(one));
  const from = since === undefined ? '' : ` since ${told(since.at)}`;
  return [`it is so already${from}, and fires only when it turns anew: ${looked}`];
}

function firingOf(at: Instant, by: Snapshot | null): RawFiring {
  return { at, evidence: by ? [by.id] : [], ...(by && { latest: by }), fields: {} };
}
