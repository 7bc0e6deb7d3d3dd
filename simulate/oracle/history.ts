/**
 * What the oracle reads: one subject's whole history as plain data, in E4's order. Nothing here, and nothing under
 * `rules/`, imports the engine: an oracle that shared its code would share its mistakes.
 */

export type Value = null | boolean | number | string | Value[] | { [name: string]: Value };

/** A happening as it is drawn: when it happens, what it says, and how long it took to arrive. */
export interface Happening {
  at: number;
  delayMs: number;
  name: string;
  properties: { [name: string]: Value };
  /** Traits of the subject that it sets; null removes (E6). */
  traits?: { [name: string]: Value };
}

export interface HistoryEvent extends Happening {
  /** `m1`, `m2`, … in the order of arrival. */
  id: string;
  arrival: number;
  receivedAt: number;
  /** Its place in E4's order, from 0. */
  index: number;
  /** The subject's traits after it (E6: the last write by event time wins). */
  traitsAfter: { [name: string]: Value };
}

/** A firing as the rules ask for it. */
export interface Expected {
  at: number;
  key: string;
  evidence: string[];
  /** What `trigger` must also hold (T17), where the rule says so. */
  fields?: { [name: string]: Value };
}

/** Numbers happenings in the order of arrival, and sorts them by `(at, receivedAt, arrival)` (E4). */
export function historyOf(happenings: readonly Happening[], before: { [name: string]: Value } = {}): HistoryEvent[] {
  const arrived = happenings
    .map((happening, drawn) => ({ ...happening, drawn, receivedAt: happening.at + happening.delayMs }))
    .sort((a, b) => a.receivedAt - b.receivedAt || a.drawn - b.drawn)
    .map((happening, i) => ({ ...happening, arrival: i + 1, id: `m${i + 1}` }));
  const ordered = arrived.sort((a, b) => a.at - b.at || a.receivedAt - b.receivedAt || a.arrival - b.arrival);
  let traits = before;
  return ordered.map(({ drawn: _, ...event }, index) => {
    if (event.traits) {
      traits = { ...traits };
      for (const [name, value] of Object.entries(event.traits)) {
        if (value === null) delete traits[name];
        else traits[name] = value;
      }
    }
    return { ...event, index, traitsAfter: traits };
  });
}

/** An event by name, with the least `n` that counts, and the property that is its own key. */
export interface Pattern {
  event: string;
  leastN?: number;
  key?: string;
}

/** A missing `n`, and one that is no number, is no match (T0). */
export function matches(patterns: readonly Pattern[], event: HistoryEvent): boolean {
  return patterns.some((pattern) => fits(pattern, event));
}

function fits(pattern: Pattern, event: HistoryEvent): boolean {
  if (pattern.event !== event.name) return false;
  const { n } = event.properties;
  return pattern.leastN === undefined || (typeof n === 'number' && n >= pattern.leastN);
}

/** Keys as texts; a list gives each of its values, a missing value none (T0). */
export function keysOf(event: HistoryEvent, property: string): string[] {
  const value = event.properties[property];
  if (value === undefined || value === null) return [];
  return [...new Set((Array.isArray(value) ? value : [value]).map(String))];
}

/** What an event does for one key. */
export interface Part {
  event: HistoryEvent;
  /** Opens, or is counted. */
  opens: boolean;
  /** Closes: `unless`, `of`. */
  closes: boolean;
}

/**
 * T0: state is per key. An opening event without a key's value takes no part; a closing one applies to every key, unless
 * it has a key of its own.
 */
export function partsByKey(
  history: readonly HistoryEvent[],
  key: string | undefined,
  opens: readonly Pattern[],
  closes: readonly Pattern[] = [],
): Map<string, Part[]> {
  const keys = new Set(key === undefined ? [''] : history.flatMap((event) => keysOf(event, key)));
  if (key !== undefined)
    for (const { key: own } of closes) if (own) for (const e of history) for (const k of keysOf(e, own)) keys.add(k);
  const closesFor = (event: HistoryEvent, forKey: string) =>
    closes.some((pattern) => {
      if (!fits(pattern, event)) return false;
      if (key === undefined) return true;
      if (pattern.key !== undefined) return keysOf(event, pattern.key).includes(forKey);
      const named = keysOf(event, key);
      return named.length === 0 || named.includes(forKey);
    });
  return new Map(
    [...keys].map((one): [string, Part[]] => [
      one,
      history
        .map((event) => ({
          event,
          opens: matches(opens, event) && (key === undefined || keysOf(event, key).includes(one)),
          closes: closesFor(event, one),
        }))
        .filter((part) => part.opens || part.closes),
    ]),
  );
}
