/**
 * Time alone may turn what open enrolments wait for (Y4). The next such instant is a deadline of the subject: a reason to
 * evaluate, and nothing more. Goals and exits wait so; a step that waits asks for its own instant (S3).
 */
import type { Awaited, Expression, Instant } from '../../language/model.ts';
import { comparePlaces } from '../../language/records/timeline.ts';
import type { EvaluationView } from '../engine/evaluation-view.ts';
import { nextThresholdAt } from '../engine/next-threshold.ts';
import { entryKey, putStateEntry, type SubjectState } from '../engine/state.ts';
import { AWAITED_OWNER } from '../index/owners.ts';
import { type Subscription, watchesState } from './subscriptions.ts';

const ENTRY_KEY = entryKey(AWAITED_OWNER, '');

export interface AwaitedRow {
  subscription: Pick<Subscription, 'kind' | 'arms' | 'until' | 'trigger'>;
  /** The zone of its playbook. */
  zone: string;
}

/** The awaited conditions that time alone may turn. */
export function timedConditions(arms: readonly (readonly Awaited[])[]): Expression[] {
  return arms
    .flat()
    .flatMap((awaited) => (awaited.kind === 'becomes' && awaited.becomes.turns ? [awaited.becomes] : []));
}

/**
 * Stores the next instant at which time may turn what a goal or an exit of the subject waits for.
 * @param look the place that has just been evaluated
 * @returns true where the deadline has changed
 */
export function awaitThresholds(
  state: SubjectState,
  rows: Iterable<AwaitedRow>,
  look: Pick<EvaluationView, 'world' | 'place'>,
  settingsZone: string,
): boolean {
  let dueAt: Instant | undefined;
  for (const { subscription, zone } of rows) {
    const { kind, arms, until, trigger } = subscription;
    if (kind === 'wait' || !watchesState(arms)) continue;
    for (const condition of timedConditions(arms)) {
      // A late event is shown at its own place; what lies between that and the head has been evaluated.
      const place = state.head && comparePlaces(state.head, look.place) > 0 ? state.head : look.place;
      const at = nextThresholdAt(
        { world: look.world, place, subject: state.subject, zone, trigger },
        condition,
        settingsZone,
      );
      if (at !== undefined && (until === null || at <= until) && (dueAt === undefined || at < dueAt)) dueAt = at;
    }
  }
  const known = state.slots.get(ENTRY_KEY)?.dueAt;
  if (known === dueAt) return false;
  if (dueAt === undefined) putStateEntry(state, { owner: AWAITED_OWNER, key: '', state: undefined });
  else putStateEntry(state, { owner: AWAITED_OWNER, key: '', hash: '', state: true, dueAt });
  return true;
}

/** Whether such a deadline is stored. */
export function isAwaited(state: SubjectState): boolean {
  return state.slots.has(ENTRY_KEY);
}

/** The deadline has come: the next one is stored once subscriptions have seen the evaluation. */
export function dropAwaited(state: SubjectState, at: Instant): void {
  const dueAt = state.slots.get(ENTRY_KEY)?.dueAt;
  if (dueAt !== undefined && dueAt <= at) putStateEntry(state, { owner: AWAITED_OWNER, key: '', state: undefined });
}
