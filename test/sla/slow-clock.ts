/** The rules of section 7 minute by minute and without arithmetic over calendars: a second opinion on clocks. */
import type { BusinessMoment, Calendar, Instant, Target } from '../../language/model.ts';
import { MinuteOracle } from '../time/minute-oracle.ts';
import type { Part } from './clock-story.ts';

const MINUTE_MS = 60_000;

export interface Happening {
  minute: number;
  parts: Part[];
  paused: boolean;
  target: Target;
}

/** What passes with each minute: whether the calendar is open, and the part of a business day that the minute is. */
export interface Minutes {
  start: Instant;
  count: number;
  open: boolean[];
  /** Open minutes of the minute's day; 0 while closed. */
  dayMinutes: number[];
  /** How many minutes before it were open. */
  openBefore: number[];
  /** What the zone's clocks show: `2026-03-02 09:00`. */
  shown: string[];
  /** By start and target: when each moment comes. */
  moments: Map<string, number>;
  /** Something that every day's length divides, times ten thousand: shares of days in it are whole numbers. */
  unit: number;
}

/** A promise reaches further than the stretch. */
const AHEAD = 10 * 1440;

/** Asks the platform's own clocks what a calendar does in each minute of a stretch of days. */
export function minutesOf(calendar: Calendar, start: Instant, days: number): Minutes {
  const count = days * 1440;
  const all = count + AHEAD;
  const oracle = new MinuteOracle(calendar, start - 2880 * MINUTE_MS, all + 5760);
  const minutes: Minutes = {
    start,
    count,
    open: [],
    dayMinutes: [],
    openBefore: [0],
    shown: [],
    moments: new Map(),
    unit: 1,
  };
  for (let minute = 0; minute < all; minute++) {
    const from = start + minute * MINUTE_MS;
    const share = oracle.businessDaysBetween(from, from + MINUTE_MS);
    minutes.shown.push(oracle.shown[minute + 2880]!);
    minutes.open.push(share > 0);
    minutes.openBefore.push(minutes.openBefore.at(-1)! + Number(share > 0));
    minutes.dayMinutes.push(share > 0 ? Math.round(1 / share) : 0);
  }
  for (const length of new Set(minutes.dayMinutes)) {
    if (length > 0) minutes.unit = (minutes.unit * length) / greatestCommon(minutes.unit, length);
  }
  minutes.unit *= 10_000;
  return minutes;
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b);
}

/** A clock with a nudge at 80 % and one two business hours after its breach. */
export class SlowClock {
  /** `minute what #instance`; what falls inside a minute is told with that minute. */
  readonly told: string[] = [];
  readonly #minutes: Minutes;
  #number = 0;
  #state: 'none' | 'running' | 'stopped' | 'cancelled' = 'none';
  #paused = false;
  #target: Target = { kind: 'exact', ms: 1 };
  #startedAt = 0;
  #exact = 0;
  #open = 0;
  #days = 0;
  #sinceBreach = 0;
  #reached = new Set<string>();

  constructor(minutes: Minutes) {
    this.#minutes = minutes;
  }

  walk(happenings: readonly Happening[], repeat: boolean): void {
    const { count, open, dayMinutes, unit } = this.#minutes;
    for (let minute = 0; minute < count; minute++) {
      for (const one of happenings) if (one.minute === minute) this.#take(one, repeat);
      if (this.#state !== 'running' || this.#paused) continue;
      this.#look(minute, 0);
      this.#exact += 1;
      if (open[minute]) {
        this.#open += 1;
        this.#days += unit / dayMinutes[minute]!;
        if (this.#reached.has('breached')) this.#sinceBreach += 1;
      }
      this.#look(minute, open[minute] ? unit / dayMinutes[minute]! : 1);
    }
  }

  #take({ minute, parts, paused, target }: Happening, repeat: boolean): void {
    if (this.#state === 'running' && parts.includes('cancels')) this.#tell(minute, (this.#state = 'cancelled'));
    if (this.#state === 'running' && parts.includes('stops')) this.#tell(minute, (this.#state = 'stopped'));
    const resumes = this.#state === 'stopped' && parts.includes('resumes');
    if (resumes) {
      this.#tell(minute, 'resumed');
      this.#state = 'running';
      this.#paused = false;
    } else if (parts.includes('starts') && (this.#state === 'none' || (repeat && this.#state !== 'running'))) {
      this.#number++;
      this.#tell(minute, 'started');
      this.#state = 'running';
      this.#paused = false;
      this.#target = target;
      this.#startedAt = minute;
      this.#exact = this.#open = this.#days = this.#sinceBreach = 0;
      this.#reached = new Set();
    }
    if (this.#state !== 'running') return;
    if (!this.#reached.has('breached')) this.#target = target;
    if (this.#paused !== paused) this.#tell(minute, paused ? 'paused' : 'resumed');
    this.#paused = paused;
  }

  /** `perMinute` 0: at the minute's start, where what has just elapsed is due. Else inside the minute: what is left behind. */
  #look(minute: number, perMinute: number): void {
    const inside = perMinute > 0;
    const past = (elapsed: number, target: number) => (inside ? elapsed > target : elapsed >= target);
    const { elapsed, target, isOver } = this.#inUnitOfTarget(minute, inside);
    // A nudge that the breach overtook is not told: the breach has left it behind.
    if (past(elapsed * 5, target * 4) && !this.#reached.has('breached')) this.#reach(minute, 'share');
    if ((isOver ?? past(elapsed, target)) && !this.#reached.has('breached')) {
      this.#reach(minute, 'breached');
      // Of a minute that is open: the part of it behind the breach.
      this.#sinceBreach =
        isOver === undefined && inside
          ? (elapsed - target) / (this.#target.kind === 'business-days' ? perMinute : 1)
          : 0;
    }
    if (this.#reached.has('breached') && past(this.#sinceBreach, 120)) this.#reach(minute, 'after');
  }

  #inUnitOfTarget(minute: number, inside: boolean): { elapsed: number; target: number; isOver?: boolean } {
    const span = this.#target;
    if (span.kind === 'days-at' || span.kind === 'end-of-business-day') return this.#towards(span, minute, inside);
    if (span.kind === 'exact') return { elapsed: this.#exact, target: span.ms / MINUTE_MS };
    if (span.kind === 'business-hours') return { elapsed: this.#open, target: span.hours * 60 };
    return { elapsed: this.#days, target: Math.round(span.days * 1000) * (this.#minutes.unit / 1000) };
  }

  /** Over when it has come, and as many open minutes behind it as did not count before now; of no open minutes there is no share. */
  #towards(
    moment: BusinessMoment,
    minute: number,
    inside: boolean,
  ): { elapsed: number; target: number; isOver: boolean } {
    const { openBefore } = this.#minutes;
    const openIn = (from: number, to: number) => openBefore[Math.max(from, to)]! - openBefore[from]!;
    const comes = this.#comes(moment);
    const whole = openIn(this.#startedAt, comes);
    const lost = openIn(this.#startedAt, minute) - this.#open;
    const isOver = !inside && minute >= comes && openIn(comes, minute) >= lost;
    return whole === 0
      ? { elapsed: Number(isOver), target: 1, isOver }
      : { elapsed: this.#open, target: whole, isOver };
  }

  /** The date after the start's on which some minute is open, and its time there. */
  #comes(moment: BusinessMoment): number {
    const { open, shown, moments } = this.#minutes;
    const asked = `${this.#startedAt} ${JSON.stringify(moment)}`;
    const known = moments.get(asked);
    if (known !== undefined) return known;
    const today = shown[this.#startedAt]!.slice(0, 10);
    const next = open.findIndex((isOpen, i) => isOpen && i >= this.#startedAt && shown[i]!.slice(0, 10) > today);
    const date = shown[next]!.slice(0, 10);
    const comes =
      moment.kind === 'days-at'
        ? shown.findIndex((there) => there >= `${date} ${moment.time}`)
        : open.findLastIndex((isOpen, i) => isOpen && shown[i]!.slice(0, 10) === date) + 1;
    moments.set(asked, comes);
    return comes;
  }

  #reach(minute: number, what: string): void {
    if (this.#reached.has(what)) return;
    this.#reached.add(what);
    this.#tell(minute, what);
  }

  #tell(minute: number, what: string): void {
    this.told.push(`${minute} ${what} #${this.#number}`);
  }
}
