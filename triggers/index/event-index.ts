/**
 * Which listeners of an event's name it may concern, by what their conditions say of the event's own fields, without
 * asking the others. Built with the program; the work for an event then depends on how many it concerns, not on how many
 * listen.
 */
import { type Constant, type IndexablePart, indexableOf } from '../../language/cel/indexable.ts';
import type { EventPattern, Json } from '../../language/model.ts';
import { entityOf } from '../../language/records/people.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type EvaluationView, holdsAt } from '../engine/evaluation-view.ts';
import { type Interval, Intervals } from './intervals.ts';

/** A listener, by what an event must satisfy. */
interface Listening {
  pattern: Pick<EventPattern, 'where'>;
}

/** What the index sees of a view. */
type EventView = Pick<EvaluationView, 'event' | 'world' | 'place' | 'cache'>;

/** A listener that an event may concern. */
export interface Candidate<L> {
  listener: L;
  /** The index has answered the whole of the condition: nothing is left to evaluate. */
  sure: boolean;
  /** Its place among the listeners. */
  order: number;
}

/** A field of events: what listeners look for in it, and in what it holds. */
interface Field<L> {
  values: Map<Constant, Candidate<L>[]>;
  ranges: { [type in Ordered]?: Ranges<L> };
  fields: Map<string, Field<L>>;
}

/** Listeners that look for a range of one type. */
interface Ranges<L> {
  intervals: Intervals<Candidate<L>>;
  /** The first of them, for a value of another type: it matches none, but they are asked, so that it is counted. */
  misfits: Candidate<L>[];
}

type Ordered = 'number' | 'string';
const ORDERED: readonly Ordered[] = ['number', 'string'];

/**
 * A value of the wrong type is counted for each asker that compares it (T0). So many listeners of a range in one field are
 * asked then; beyond them it is not counted, so that an event's work does not grow with them.
 */
const MAX_MISFITS = 16;

/** The listeners of one name of events, in their order. */
export class EventIndex<L extends Listening> {
  readonly listeners: readonly L[];
  /** Conditions that no field's value can rule out. */
  readonly #always: Candidate<L>[] = [];
  readonly #fields = new Map<string, Field<L>>();
  readonly #at: Field<L> | undefined;

  constructor(listeners: readonly L[]) {
    this.listeners = listeners;
    const indexed = listeners.map((listener) => listener.pattern.where && indexableOf(listener.pattern.where));
    const crowds = crowdsOf(indexed.flatMap((found) => found?.parts ?? []));
    const intervals = new Map<Field<L>, { number: Interval<Candidate<L>>[]; string: Interval<Candidate<L>>[] }>();
    for (const [order, listener] of listeners.entries()) {
      const found = indexed[order];
      const part = found && bestOf(found.parts, crowds);
      const candidate = { listener, order, sure: listener.pattern.where === undefined || (found?.whole ?? false) };
      if (!part) {
        this.#always.push(candidate);
        continue;
      }
      const field = this.#fieldAt(part.path);
      if (part.kind === 'one-of') for (const value of part.values) listed(field.values, value).push(candidate);
      else {
        let known = intervals.get(field);
        if (!known) intervals.set(field, (known = { number: [], string: [] }));
        const type = typeof (part.lower ?? part.upper)!.value as Ordered;
        known[type].push({ lower: part.lower, upper: part.upper, item: candidate });
      }
    }
    this.#at = this.#fields.get('at');
    this.#fields.delete('at');
    for (const [field, known] of intervals) {
      for (const type of ORDERED) if (known[type].length > 0) field.ranges[type] = rangesOf(known[type]);
    }
  }

  /**
   * The listeners that the event at the view may concern, in their order; no others can match (T0). A few that a value of
   * the wrong type rules out are among them, to be asked and counted.
   */
  candidates(view: EventView): Candidate<L>[] {
    const found = [...this.#always];
    const { event } = view;
    if (event) {
      if (this.#fields.size > 0) lookInside(this.#fields, event.properties, view, found);
      // `event.at` is the instant, whatever properties there are (T0).
      if (this.#at) matchField(this.#at, isoInstant(event.at), view, found);
    }
    return found.length < 2 ? found : found.sort((a, b) => a.order - b.order);
  }

  #fieldAt(path: readonly string[]): Field<L> {
    let fields = this.#fields;
    let field: Field<L> | undefined;
    for (const name of path) {
      field = fields.get(name);
      if (!field) fields.set(name, (field = { values: new Map(), ranges: {}, fields: new Map() }));
      fields = field.fields;
    }
    return field!;
  }
}

/** Whether a candidate's condition holds at the view; the view's zone is the listener's. */
export function isMatch(candidate: Candidate<Listening>, view: EvaluationView): boolean {
  return candidate.sure || holdsAt(view, candidate.listener.pattern.where);
}

function lookInside<L>(
  fields: Map<string, Field<L>>,
  holder: { [name: string]: Json },
  view: EventView,
  found: Candidate<L>[],
): void {
  // Through the smaller of the two: what is looked for, or what is there.
  const names = Object.keys(holder);
  if (names.length > fields.size) {
    for (const [name, field] of fields) if (Object.hasOwn(holder, name)) matchField(field, holder[name]!, view, found);
    return;
  }
  for (const name of names) {
    const field = fields.get(name);
    if (field) matchField(field, holder[name]!, view, found);
  }
}

function matchField<L>(field: Field<L>, value: Json, view: EventView, found: Candidate<L>[]): void {
  if (typeof value !== 'object' || value === null) {
    for (const candidate of field.values.get(value) ?? []) found.push(candidate);
  }
  for (const type of ORDERED) {
    const ranges = field.ranges[type];
    if (!ranges) continue;
    if (typeof value === type) ranges.intervals.each(value as number | string, (candidate) => found.push(candidate));
    else found.push(...ranges.misfits);
  }
  if (field.fields.size === 0) return;
  // After an id a path goes on in what the id names.
  const holder = typeof value === 'string' ? entityOf(view.world, value, view.place) : value;
  if (typeof holder === 'object' && holder !== null && !Array.isArray(holder)) {
    lookInside(field.fields, holder, view, found);
  }
}

function rangesOf<L>(intervals: Interval<Candidate<L>>[]): Ranges<L> {
  const misfits = intervals.slice(0, MAX_MISFITS).map(({ item }) => ({ ...item, sure: false }));
  return { intervals: new Intervals(intervals), misfits };
}

/** How many conditions look for the same value of the same field: the fewer they are, the more it tells. */
function crowdsOf(parts: readonly IndexablePart[]): Map<string, number> {
  const crowds = new Map<string, number>();
  for (const part of parts) {
    if (part.kind !== 'one-of') continue;
    for (const value of part.values) {
      const place = placeOf(part, value);
      crowds.set(place, (crowds.get(place) ?? 0) + 1);
    }
  }
  return crowds;
}

function placeOf(part: IndexablePart, value: Constant): string {
  return JSON.stringify([part.path, value]);
}

/** One value before several, several before a range; among equals that which fewest others look for. */
function bestOf(parts: readonly IndexablePart[], crowds: ReadonlyMap<string, number>): IndexablePart | undefined {
  let best: { part: IndexablePart; rank: number; crowd: number } | undefined;
  for (const part of parts) {
    const rank = part.kind === 'range' ? 2 : part.values.length > 1 ? 1 : 0;
    const crowd = part.kind === 'range' ? 0 : Math.max(0, ...part.values.map((v) => crowds.get(placeOf(part, v))!));
    if (!best || rank < best.rank || (rank === best.rank && crowd < best.crowd)) best = { part, rank, crowd };
  }
  return best?.part;
}

function listed<K, V>(map: Map<K, V[]>, key: K): V[] {
  const known = map.get(key);
  if (known) return known;
  const made: V[] = [];
  map.set(key, made);
  return made;
}
