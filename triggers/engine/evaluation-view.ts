/** What is evaluated at one place of one subject's timeline: conditions over its scope, spans, keys, zones. */

import { type Evaluated, evaluate } from '../../language/cel.ts';
import type { Calendar, Expression, Instant, Json, Span, SpanOrTable, SubjectRef } from '../../language/model.ts';
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
  wrongTypes?: Set<string> | undefined;
}

export function zoneOf(world: World, subject: SubjectRef, place: Place, fallback: string): string {
  const own = isRecord(subject)
    ? world.traits(subject.type, subject.id, place)?.time_zone
    : world.people.persons.find((p) => p.id === subject.id)?.timeZone;
  // A trait may hold anything: what is not a zone counts as missing.
  return readZone(own) ?? fallback;
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
  const { world, subject, place, cache } = view;
  const zone = expression.timed ? zoneOf(world, subject, place, view.zone) : view.zone;
  const known = cache?.isFor(view) ? cache.valueOf(expression, zone) : undefined;
  const evaluated = known ?? evaluate(expression, scopeFor(view, expression), { now: place.at, zone });
  // Each asker is counted, however many share the value.
  if (evaluated.failed === 'type') countWrongType(view);
  return evaluated;
}

function countWrongType({ source: asker, wrongTypes }: EvaluationView): void {
  if (asker !== undefined) wrongTypes?.add(asker);
}

/** Whether a condition holds at the view; a missing one does. What is neither true nor false has the wrong type. */
export function holdsAt(view: EvaluationView, expression: Expression | undefined): boolean {
  if (expression === undefined) return true;
  const { value } = evaluatedAt(view, expression);
  if (value !== undefined && typeof value !== 'boolean') countWrongType(view);
  return value === true;
}

export function valueAt(view: EvaluationView, expression: Expression): Json | undefined {
  return evaluatedAt(view, expression).value;
}

/** The span that a table gives at the view; undefined where no row and no default fits. */
export function spanAt(view: EvaluationView, span: SpanOrTable): Span | undefined {
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
  for (const path of expression.reads) {
    let value: Json | undefined = scope;
    for (const name of path.split('.')) {
      value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
    }
    values[path] = value ?? null;
  }
  return values;
}
