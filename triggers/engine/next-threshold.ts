/** The next instant at which time alone may turn an expression (T14). Traits stay as they are; now, days and scores move. */

import { evaluate } from '../../language/cel.ts';
import type { Expression, Instant, Json, RecordType, Turn } from '../../language/model.ts';
import type { Place } from '../../language/records/timeline.ts';
import { isRecord, relationsOf } from '../../language/records/world.ts';
import { type Scope, scopeOf } from '../../language/scope.ts';
import { asInstant } from '../../language/time/as-instant.ts';
import { DAY_MS, HOUR_MS } from '../../language/time/duration.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { nextDayStart } from '../../language/time/zones.ts';
import { type EvaluationView, zoneOf } from './evaluation-view.ts';

/** A later threshold concerns no subject that is there now. */
const HORIZON_MS = 100 * 365 * DAY_MS;

/**
 * The first instant after the view's at which one of the expression's comparisons has turned; undefined where none does
 * within a hundred years. The whole may not turn there: the evaluation at that instant asks again.
 * @param settingsZone where the days of traits are counted, for records without a zone of their own
 */
export function nextThresholdAt(
  view: EvaluationView,
  expression: Expression,
  settingsZone: string,
): Instant | undefined {
  let next: Instant | undefined;
  for (const turn of expression.turns ?? []) {
    const at = thresholdAt(view, turn, settingsZone);
    if (at !== undefined && (next === undefined || at < next)) next = at;
  }
  return next;
}

function thresholdAt(view: EvaluationView, turn: Turn, settingsZone: string): Instant | undefined {
  const zone = zoneFor(view, turn, settingsZone);
  const { candidate, count } = candidatesOf(turn.unit, view.place.at, zone);
  if (!turn.sides) return candidate(1);
  const { against, valueAt, order } = comparison(view, { ...turn, sides: turn.sides }, zone);
  const here = valueAt(view.place.at);
  const now = order(here);
  // What is missing or of a wrong type stays so until an event comes.
  if (now === undefined || order(valueAt(candidate(count))) === now) return undefined;
  const isAsNow = (n: number) => order(valueAt(candidate(n))) === now;
  const guess = guessOf(turn.unit, { from: view.place.at, here, next: () => valueAt(candidate(1)), against });
  return candidate(firstThatDiffers(isAsNow, count, guess));
}

/**
 * The moving side never turns back: so all candidates from the first that differs on differ, and it is found between two
 * of which one is as now and one is not. They are looked for around a guess, which need not be right.
 */
function firstThatDiffers(isAsNow: (n: number) => boolean, count: number, guess: number): number {
  let same = 0;
  let differs = count;
  let step = 1;
  for (let n = Math.min(Math.max(1, guess), count - 1); n > same && n < differs; step *= 2) {
    const wasAsNow = isAsNow(n);
    if (wasAsNow) same = n;
    else differs = n;
    n = wasAsNow ? n + step : n - step;
  }
  while (differs - same > 1) {
    const middle = Math.floor((same + differs) / 2);
    if (isAsNow(middle)) same = middle;
    else differs = middle;
  }
  return differs;
}

interface Guessing {
  from: Instant;
  /** What the moving side is now, and at the first candidate. */
  here: Json | undefined;
  next(): Json | undefined;
  against: unknown;
}

/** Where the turn may be: days go by evenly, scores by their half-life, and `now` comes to an instant at that instant. */
function guessOf(unit: Turn['unit'], { from, here, next, against }: Guessing): number {
  if (typeof here === 'string' && typeof against === 'string') return Math.ceil(Date.parse(against) - from) || 1;
  const first = next();
  if (typeof here !== 'number' || typeof first !== 'number' || typeof against !== 'number') return 1;
  const steps = unit === 'hour' ? Math.log(against / here) / Math.log(first / here) : (against - here) / (first - here);
  return Number.isFinite(steps) ? Math.ceil(steps) : 1;
}

/** The instants at which a unit may turn, numbered from 1, all after `from`. */
function candidatesOf(
  unit: Turn['unit'],
  from: Instant,
  zone: string,
): { candidate: (n: number) => Instant; count: number } {
  if (unit === 'instant') return { candidate: (n) => from + n, count: HORIZON_MS };
  if (unit === 'hour') {
    const hour = Math.floor(from / HOUR_MS);
    return { candidate: (n) => (hour + n) * HOUR_MS, count: HORIZON_MS / HOUR_MS };
  }
  return { candidate: (n) => nextDayStart(from, zone, n), count: HORIZON_MS / DAY_MS };
}

/** Both sides, and which is the larger, ties as the comparison takes them; undefined where they cannot be compared. */
interface Comparison {
  against: unknown;
  valueAt(at: Instant): Json | undefined;
  order(moves: Json | undefined): -1 | 0 | 1 | undefined;
}

function comparison(
  view: EvaluationView,
  { unit, sides }: Turn & { sides: NonNullable<Turn['sides']> },
  zone: string,
): Comparison {
  const { world, subject, place } = view;
  const scope = scopeOf(world, { subject, place, reads: sides.reads, also: { trigger: view.trigger } });
  const fixed = evaluate(sides.against, scope, { now: place.at, zone }).value;
  const against = unit === 'instant' ? asInstant(fixed, zone) : fixed;
  return {
    against,
    valueAt(at) {
      const then = { ...scope, now: isoInstant(at) };
      for (const read of sides.scores) putScore(view, then, read, { ...place, at });
      return evaluate(sides.moves, then, { now: at, zone }).value;
    },
    order(moves) {
      if (typeof moves === 'number' && typeof against === 'number') return compare(moves, against) || sides.tie;
      return typeof moves === 'string' && typeof against === 'string'
        ? compare(moves, against) || sides.tie
        : undefined;
    },
  };
}

function compare<T>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a === b ? 0 : 1;
}

/** The score as it will be, while no event comes. */
function putScore(view: EvaluationView, scope: Scope, read: string, place: Place): void {
  const [type, name] = read.split('.') as [RecordType, string];
  const record = scope[type] as { [name: string]: Json } | undefined;
  if (typeof record?.id !== 'string') return;
  const { [name]: _, ...others } = record;
  const value = view.world.computed(type, record.id, name, place);
  scope[type] = value === undefined ? others : { ...others, [name]: value };
}

function zoneFor(view: EvaluationView, turn: Turn, settingsZone: string): string {
  const { world, subject, place } = view;
  if (turn.record === undefined) return zoneOf(world, subject, place, view.zone);
  const own = isRecord(subject) ? world.traits(subject.type, subject.id, place) : undefined;
  const id = isRecord(subject) ? relationsOf(subject.type, subject.id, own)[turn.record] : undefined;
  return id === undefined ? settingsZone : zoneOf(world, { type: turn.record, id }, place, settingsZone);
}
