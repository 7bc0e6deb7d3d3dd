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
  const orderAt = ordered(view, { ...turn, sides: turn.sides }, zone);
  const now = orderAt(view.place.at);
  // What is missing or of a wrong type stays so until an event comes.
  if (now === undefined || orderAt(candidate(count)) === now) return undefined;
  // The moving side never turns back: so all candidates from the first that differs on differ.
  let low = 1;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (orderAt(candidate(middle)) === now) low = middle + 1;
    else high = middle;
  }
  return candidate(low);
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

/** Which side is the larger at an instant, ties as the comparison takes them; undefined where they cannot be compared. */
function ordered(
  view: EvaluationView,
  { unit, sides }: Turn & { sides: NonNullable<Turn['sides']> },
  zone: string,
): (at: Instant) => -1 | 0 | 1 | undefined {
  const { world, subject, place } = view;
  const scope = scopeOf(world, { subject, place, reads: sides.reads, also: { trigger: view.trigger } });
  const fixed = evaluate(sides.against, scope, { now: place.at, zone }).value;
  const against = unit === 'instant' ? asInstant(fixed, zone) : fixed;
  return (at) => {
    const then = { ...scope, now: isoInstant(at) };
    for (const read of sides.scores) putScore(view, then, read, { ...place, at });
    const moves = evaluate(sides.moves, then, { now: at, zone }).value;
    if (typeof moves === 'number' && typeof against === 'number') return compare(moves, against) || sides.tie;
    return typeof moves === 'string' && typeof against === 'string' ? compare(moves, against) || sides.tie : undefined;
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
