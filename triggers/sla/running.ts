/**
 * One instance of a clock and the passing of time. Functions here change the draft that they are given, which the reducer
 * made for itself; nothing that a state holds is ever changed.
 */

import type { Calendar, Instant, Mark } from '../../language/model.ts';
import { addMeasures, EMPTY_MEASURE, type Measure, measureBetween } from '../../language/time/calendar.ts';
import { markText } from '../../language/time/duration.ts';
import { BREACH, dueOf, reachOf } from './marks.ts';
import { type ClockChange, type ClockInstance, MAX_SPANS } from './state.ts';

/**
 * Lets time pass up to `until` (which itself counts only with `inclusive`): every mark that falls due by then is reached,
 * the breach whether watched or not, in the order of their instants, and at one instant the furthest last.
 */
export function passTime(
  draft: ClockInstance,
  { calendar, marks }: { calendar: Calendar; marks: readonly Mark[] },
  until: Instant,
  { inclusive }: { inclusive: boolean },
): ClockChange[] {
  const changes: ClockChange[] = [];
  const watched: Mark[] = [...marks.filter((mark) => mark.kind !== 'breach'), BREACH];
  // Each turn reaches one mark, and none twice.
  for (let turn = 0; turn < watched.length; turn++) {
    const next = nextDue(draft, calendar, watched);
    if (next === undefined || next.at > until || (next.at === until && !inclusive)) break;
    changes.push(reach(draft, calendar, next.mark, next.at));
  }
  return changes;
}

/** The first of some marks to fall due, and when. */
export function nextDue(
  instance: ClockInstance,
  calendar: Calendar,
  marks: readonly Mark[],
): { mark: Mark; at: Instant } | undefined {
  let next: { mark: Mark; at: Instant } | undefined;
  for (const mark of marks) {
    const at = dueOf(instance, calendar, mark);
    if (at === undefined) continue;
    if (next === undefined || at < next.at || (at === next.at && reachOf(mark) < reachOf(next.mark)))
      next = { mark, at };
  }
  return next;
}

function reach(draft: ClockInstance, calendar: Calendar, mark: Mark, at: Instant): ClockChange {
  const change = { instance: draft.number, startEvent: draft.startEvent, at };
  if (mark.kind === 'breach') {
    advance(draft, calendar, at);
    draft.breachedAt = at;
    draft.sinceBreach = EMPTY_MEASURE;
    return { ...change, kind: 'breached' };
  }
  draft.reached = { ...draft.reached, [markText(mark)]: at };
  return { ...change, kind: 'marked', mark };
}

/** Adds the running span up to `at` to what was measured, and lets a new one begin there. */
export function advance(draft: ClockInstance, calendar: Calendar, at: Instant): void {
  if (draft.runningSince === undefined) return;
  keepSpan(draft, calendar, draft.runningSince, at);
  const span = measureBetween(draft.runningSince, at, calendar);
  draft.elapsed = addMeasures(draft.elapsed, span);
  if (draft.sinceBreach !== undefined) draft.sinceBreach = addMeasures(draft.sinceBreach, span);
  draft.runningSince = at;
}

function keepSpan(draft: ClockInstance, calendar: Calendar, from: Instant, to: Instant): void {
  if (to <= from) return;
  const last = draft.spans.at(-1);
  const spans: ClockInstance['spans'] =
    last?.[1] === from ? [...draft.spans.slice(0, -1), [last[0], to]] : [...draft.spans, [from, to]];
  const [oldest] = spans;
  if (spans.length > MAX_SPANS && oldest !== undefined) {
    spans.shift();
    const folded = draft.folded ?? { elapsed: EMPTY_MEASURE, sinceBreach: EMPTY_MEASURE };
    draft.folded = measured(folded, oldest, draft.breachedAt, calendar);
  }
  draft.spans = spans;
}

/** Measures the unpaused spans of an instance again, by another calendar. */
export function remeasure(draft: ClockInstance, calendar: Calendar): void {
  let sum = draft.folded ?? { elapsed: EMPTY_MEASURE, sinceBreach: EMPTY_MEASURE };
  for (const span of draft.spans) sum = measured(sum, span, draft.breachedAt, calendar);
  draft.elapsed = sum.elapsed;
  if (draft.breachedAt !== undefined) draft.sinceBreach = sum.sinceBreach;
}

function measured(
  sum: { elapsed: Measure; sinceBreach: Measure },
  [from, to]: [Instant, Instant],
  breachedAt: Instant | undefined,
  calendar: Calendar,
): { elapsed: Measure; sinceBreach: Measure } {
  const late = breachedAt === undefined ? to : Math.max(from, breachedAt);
  return {
    elapsed: addMeasures(sum.elapsed, measureBetween(from, to, calendar)),
    sinceBreach: addMeasures(sum.sinceBreach, measureBetween(late, to, calendar)),
  };
}
