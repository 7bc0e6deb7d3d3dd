/** What is evaluated at one place of one subject's timeline: conditions over its scope, spans, keys, zones. */

import { valueIn, type WrongTypes, type WrongValue, wrongValueIn } from '../../language/cel/wrong-types.ts';
import { type Evaluated, evaluate } from '../../language/cel.ts';
import type { Calendar, Expression, Instant, Json, Span, SubjectRef, Table } from '../../language/model.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import { isRecord, type World } from '../../language/records/world.ts';
import { eventScope, type Scope, scopeOf } from '../../language/scope.ts';
import { addSpan } from '../../language/time/calendar.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { readTable } from '../../language/time/moment/resolve.ts';
import { readZone } from '../../language/time/read-zone.ts';
import type { ExpressionCache } from './expression-cache.ts';

export interface EvaluationView {
  world: World;
  subject: SubjectRef;
  place: Place;
  event?: TimelineEvent | undefined;
  trigger?: { [name: string]: Json } | undefined;
  /** The playbook's zone; the subject's own goes first (T0). */
  zone: string;
  /** What views of the same place share; without it each expression is evaluated by itself. */
  cache?: ExpressionCache | undefined;
  /** Who asks, as owners.ts names it, and where it is counted when a value has the wrong type (T0). */
  source?: string | undefined;
  wrongTypes?: WrongTypes | undefined;
}

export function zoneOf(world: World, subject: SubjectRef, place: Place, fallback: string): string {
  // A trait may hold anything: what is not a zone counts as missing.
  return readZone(writtenZone(world, subject, place)) ?? fallback;
}

/** What stands where a subject's own zone is looked for. */
function writtenZone(world: World, subject: SubjectRef, place: Place): Json | undefined {
  return isRecord(subject)
    ? world.traits(subject.type, subject.id, place)?.time_zone
    : world.people.persons.find((p) => p.id === subject.id)?.timeZone;
}

/** The subject's zone, else the view's; one that cannot be read is counted. */
export function zoneAt(view: EvaluationView): string {
  const { world, subject, place, zone } = view;
  const written = writtenZone(world, subject, place);
  const own = readZone(written);
  if (own === undefined && written !== undefined && written !== null) {
    const path = `${subject.type}.time_zone`;
    addWrongType(view, () => ({ expression: path, values: { [path]: written } }));
  }
  return own ?? zone;
}

function scopeFor(view: EvaluationView, expression: Expression): Scope {
  return scopeOf(view.world, {
    subject: view.subject,
    place: view.place,
    reads: expression.reads,
    also: { event: view.event && eventScope(view.event), trigger: view.trigger },
  });
}

function evaluatedAt(view: EvaluationView, expression: Expression): Evaluated {
  const { place, cache } = view;
  const zone = expression.timed ? zoneAt(view) : view.zone;
  const known = cache?.isFor(view) ? cache.valueOf(expression, zone) : undefined;
  const evaluated = known ?? evaluate(expression, scopeFor(view, expression), { now: place.at, zone });
  // Each asker is counted, however many share the value.
  if (evaluated.failed === 'type') countWrongType(view, expression);
  return evaluated;
}

/** An expression has met, or given, a value of the wrong type: its asker is counted, once for an evaluation. */
export function countWrongType(view: EvaluationView, expression: Expression): void {
  addWrongType(view, () => wrongValueIn(expression, scopeFor(view, expression)));
}

function addWrongType({ source: asker, wrongTypes }: EvaluationView, example: () => WrongValue): void {
  if (asker !== undefined && wrongTypes && !wrongTypes.has(asker)) wrongTypes.set(asker, example);
}

/** Whether a condition holds at the view; a missing one does. What is neither true nor false has the wrong type. */
export function holdsAt(view: EvaluationView, expression: Expression | undefined): boolean {
  if (expression === undefined) return true;
  const { value } = evaluatedAt(view, expression);
  if (value !== undefined && typeof value !== 'boolean') countWrongType(view, expression);
  return value === true;
}

export function valueAt(view: EvaluationView, expression: Expression): Json | undefined {
  return evaluatedAt(view, expression).value;
}

/** The span that a table gives at the view; undefined where no row and no default fits. */
export function spanAt<T extends { kind: string }>(view: EvaluationView, span: T | Table<T>): T | undefined {
  return readTable(span, (by) => valueAt(view, by));
}

export function endOfSpan(span: Span, from: Instant, calendar: Calendar | undefined): Instant {
  return span.kind === 'exact' ? from + span.ms : addSpan(span, from, calendar);
}

/** As long as ids of subjects may be: both are in indexes of the store, whose rows are bounded. */
const MAX_KEY_BYTES = 512;

/**
 * Keys as texts: a list gives each of its values, a missing value none (T0). A record is not a key, and neither is a text
 * of more than `MAX_KEY_BYTES`.
 */
export function keysAt(view: EvaluationView, expression: Expression): string[] {
  const value = valueAt(view, expression);
  if (Array.isArray(value)) return [...new Set(value.flatMap(keyOf))];
  return value === undefined ? [] : keyOf(value);
}

function keyOf(value: Json): string[] {
  if (value === null || typeof value === 'object') return [];
  const text = String(value);
  return Buffer.byteLength(text) <= MAX_KEY_BYTES ? [text] : [];
}

/**
 * The keys of an event; `trigger` is then what it would be were this event the evidence (T17).
 * @param arm the name of the arm that asks
 */
export function keysOfEvent(
  view: EvaluationView,
  expression: Expression,
  event: TimelineEvent,
  arm?: string,
): string[] {
  if (!expression.reads.some((path) => path === 'trigger' || path.startsWith('trigger.'))) {
    return keysAt(view, expression);
  }
  const { name, at, properties } = event;
  const named = arm === undefined ? {} : { arm };
  const trigger = { ...properties, event: name, at: isoInstant(at), ...named, properties };
  return keysAt({ ...view, trigger }, expression);
}

/** The values that a condition read, for the record of a decision (V5). */
export function evaluatedValues(view: EvaluationView, expression: Expression): { [path: string]: Json } {
  const scope = scopeFor(view, expression);
  const values: { [path: string]: Json } = { [expression.cel]: holdsAt(view, expression) };
  for (const path of expression.reads) values[path] = valueIn(scope, path) ?? null;
  return values;
}
