/**
 * A clock of a service level, told quarter of an hour by quarter: what has elapsed is counted in three units at once, and a mark falls
 * due where its own unit says so. No walk through a calendar, no measure that is added up later.
 */
import { HOUR_MS, MINUTE_MS } from './draw.ts';
import type { Expected, HistoryEvent } from './history.ts';
import { isOpen, OFFICE, openMinutesOfDay } from './open-hours.ts';

/** A business day in parts that every length of day here divides: so that shares of days are whole numbers. */
const DAY_PARTS = 1440 * MINUTE_MS;

/** Every opening and closing here, and every change of the clocks, is on one. */
const QUARTER_MS = 15 * MINUTE_MS;
const quarterOf = (at: number) => Math.floor(at / QUARTER_MS) * QUARTER_MS;

type Unit = 'exact' | 'hours' | 'days';
const LENGTHS: { [text: string]: { unit: Unit; amount: number } } = {
  '1 business hour': { unit: 'hours', amount: HOUR_MS },
  '2 business hours': { unit: 'hours', amount: 2 * HOUR_MS },
  '4 business hours': { unit: 'hours', amount: 4 * HOUR_MS },
  '1 business day': { unit: 'days', amount: DAY_PARTS },
  '2 business days': { unit: 'days', amount: 2 * DAY_PARTS },
  '2h': { unit: 'exact', amount: 2 * HOUR_MS },
  '3h': { unit: 'exact', amount: 3 * HOUR_MS },
};
export const TARGETS = Object.keys(LENGTHS);
export const MARKS = ['50%', '80%', 'breach', '+2 business hours', '+3h'];

export interface ClockDrawn {
  marks: string[];
  urgent: string;
  high: string;
  otherwise: string | undefined;
  pauses: boolean;
  repeat: boolean;
}

type Elapsed = { [unit in Unit]: number };
const none = (): Elapsed => ({ exact: 0, hours: 0, days: 0 });

interface Instance {
  number: number;
  start: HistoryEvent;
  /** Undefined while the table has no row for the ticket: there is no promise then, and time passes all the same (L2). */
  target: string | undefined;
  paused: boolean;
  ended: 'no' | 'stopped' | 'cancelled';
  elapsed: Elapsed;
  sinceBreach: Elapsed | undefined;
  reached: Set<string>;
}

/** Marks in the order in which they go further (T13). */
const REACH = ['50%', '80%', 'breach', '+2 business hours', '+3h'];

export function tellClock(history: readonly HistoryEvent[], drawn: ClockDrawn, until: number): Expected[] {
  const fired: Expected[] = [];
  let instance: Instance | undefined;
  let at = history[0]?.at ?? until;
  let next = 0;
  while (at <= until) {
    while (history[next]?.at === at) instance = take(instance, history[next++]!, drawn);
    const runs = instance !== undefined && instance.ended === 'no' && !instance.paused;
    if (runs) fired.push(...due(instance!, at, drawn));
    const quarter = quarterOf(at);
    let to = Math.min(runs ? quarter + QUARTER_MS : until + 1, history[next]?.at ?? until + 1);
    if (runs) {
      const left = Math.min(...drawn.marks.concat('breach').map((mark) => msLeft(instance!, mark, quarter)));
      to = Math.min(to, at + left);
      pass(instance!, to - at, quarter);
    }
    at = to;
  }
  return fired;
}

/** An event that is both stop and start stops first (L2). */
function take(before: Instance | undefined, event: HistoryEvent, drawn: ClockDrawn): Instance | undefined {
  const plays = {
    starts: event.name === 'opened' || event.name === 'asked',
    stops: event.name === 'answered' || (event.name === 'asked' && Number(event.properties.n) >= 2),
  };
  const { priority, status } = event.traitsAfter;
  const target = priority === 'urgent' ? drawn.urgent : priority === 'high' ? drawn.high : drawn.otherwise;
  const paused = drawn.pauses && status === 'pending';
  let instance = before;
  if (instance?.ended === 'no' && event.name === 'merged') instance.ended = 'cancelled';
  if (instance?.ended === 'no' && plays.stops) instance.ended = 'stopped';
  if (instance?.ended === 'stopped' && event.name === 'reopened') instance.ended = 'no';
  const mayStart = instance === undefined || (drawn.repeat && instance.ended !== 'no');
  if (plays.starts && mayStart) {
    const number = (instance?.number ?? 0) + 1;
    instance = {
      number,
      start: event,
      target,
      paused,
      ended: 'no',
      elapsed: none(),
      sinceBreach: undefined,
      reached: new Set(),
    };
  }
  // The target is read after each event, of a stopped clock as well: it may be resumed. A table without a row for what
  // stands there ends the promise until it has one again (L2); after the breach it moves no mark (L3).
  if (instance && !instance.sinceBreach) instance.target = target;
  if (instance?.ended === 'no') instance.paused = paused;
  return instance;
}

/** What has fallen due by now: of one instant only the furthest fires, the others are overtaken (T13). */
function due(instance: Instance, at: number, drawn: ClockDrawn): Expected[] {
  const now = (mark: string) => msLeft(instance, mark, quarterOf(at)) <= 0;
  if (now('breach') && !instance.sinceBreach) instance.sinceBreach = none();
  const fallen = REACH.filter((mark) => now(mark));
  for (const mark of fallen) instance.reached.add(mark);
  const furthest = fallen.filter((mark) => drawn.marks.includes(mark)).at(-1);
  if (furthest === undefined) return [];
  return [{ at, key: `s.c#${instance.number}`, evidence: [instance.start.id], fields: { mark: furthest } }];
}

/** Milliseconds of the quarter's kind until a mark falls due; endless where it does not in such a quarter. */
function msLeft(instance: Instance, mark: string, quarter: number): number {
  if (instance.reached.has(mark)) return Number.POSITIVE_INFINITY;
  const after = mark.startsWith('+');
  if (after && !instance.sinceBreach) return Number.POSITIVE_INFINITY;
  const length = after ? mark.slice(1) : instance.target;
  if (length === undefined) return Number.POSITIVE_INFINITY;
  const { unit, amount } = LENGTHS[length]!;
  const percent = mark.endsWith('%') ? Number(mark.slice(0, -1)) : 100;
  const left = (amount * percent) / 100 - (after ? instance.sinceBreach! : instance.elapsed)[unit];
  return left <= 0 ? 0 : Math.ceil(left / rate(unit, quarter));
}

/** How much of a unit one millisecond of a quarter is. */
function rate(unit: Unit, quarter: number): number {
  if (unit === 'exact') return 1;
  if (!isOpen(OFFICE, quarter)) return 0;
  return unit === 'hours' ? 1 : 1440 / openMinutesOfDay(OFFICE, quarter);
}

function pass(instance: Instance, ms: number, quarter: number): void {
  for (const unit of ['exact', 'hours', 'days'] as const) {
    instance.elapsed[unit] += ms * rate(unit, quarter);
    if (instance.sinceBreach) instance.sinceBreach[unit] += ms * rate(unit, quarter);
  }
}
