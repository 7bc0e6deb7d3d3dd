/** Tells a clock's story in order, as the engine does: deadlines when they come, events before the deadlines of their instant. */
import type { Calendar, Instant, Mark, Span, Target } from '../../language/model.ts';
import { isoInstant } from '../../language/time/zones.ts';
import {
  type ClockChange,
  type ClockInput,
  type ClockRules,
  type ClockState,
  nextClockDeadline,
  onClockEvent,
  onClockTime,
} from '../../triggers/sla/clock.ts';
import { at, SUPPORT } from '../time/calendars.ts';

export type Part = 'starts' | 'stops' | 'resumes' | 'cancels';

export const hours = (count: number): Span => ({ kind: 'business-hours', hours: count });
export const days = (count: number): Span => ({ kind: 'business-days', days: count });
export const BREACH: Mark = { kind: 'breach' };
export const share = (percent: number): Mark => ({ kind: 'share', percent });
export const afterBreach = (span: Span): Mark => ({ kind: 'after', span });

export interface StoryOptions {
  target?: Target;
  repeat?: boolean;
  marks?: Mark[];
  calendar?: Calendar;
  /** False leaves deadlines to be noticed by the next event. */
  punctual?: boolean;
}

export class ClockStory implements ClockRules {
  state: ClockState | undefined;
  readonly changes: ClockChange[] = [];
  readonly calendar: Calendar;
  readonly clock: { repeat: boolean };
  readonly marks: Mark[];
  private readonly punctual: boolean;
  private target: Target;
  private paused = false;
  private count = 0;

  constructor(options: StoryOptions = {}) {
    this.target = options.target ?? hours(4);
    this.clock = { repeat: options.repeat ?? false };
    this.marks = options.marks ?? [];
    this.calendar = options.calendar ?? SUPPORT;
    this.punctual = options.punctual ?? true;
  }

  /** An event that plays some parts, and may change the target or the pause from there on. */
  event(
    when: string | Instant,
    parts: Part[] = [],
    more: { target?: Target; paused?: boolean; moves?: boolean; id?: string } = {},
  ): this {
    const instant = typeof when === 'string' ? at(when) : when;
    if (this.punctual) this.passUntil(instant - 1);
    this.target = more.target ?? this.target;
    this.paused = more.paused ?? this.paused;
    const input: ClockInput = {
      at: instant,
      messageId: more.id ?? `m${++this.count}`,
      starts: parts.includes('starts'),
      stops: parts.includes('stops'),
      resumes: parts.includes('resumes'),
      cancels: parts.includes('cancels'),
      pausedAfter: this.paused,
      target: this.target,
      targetMoves: more.moves ?? true,
    };
    this.take(onClockEvent(this, this.state, input));
    return this;
  }

  /** Time passes up to and with an instant. */
  until(when: string | Instant): this {
    const instant = typeof when === 'string' ? at(when) : when;
    if (this.punctual) this.passUntil(instant);
    if (this.state !== undefined) this.take(onClockTime(this, this.state, instant));
    return this;
  }

  /** What happened, each as `instant kind`, with the mark and the instance where it says something. */
  get told(): string[] {
    return this.changes.map((change) => {
      const mark = change.kind === 'marked' ? ` ${JSON.stringify(change.mark)}` : '';
      const met = change.kind === 'stopped' ? (change.met ? ' in time' : ' late') : '';
      return `${isoInstant(change.at).replace(':00.000Z', 'Z')} ${change.kind}${mark}${met} #${change.instance}`;
    });
  }

  instantOf(kind: ClockChange['kind']): string | undefined {
    const found = this.changes.find((change) => change.kind === kind);
    return found === undefined ? undefined : isoInstant(found.at).replace(':00.000Z', 'Z');
  }

  private passUntil(instant: Instant): void {
    // Each deadline is reached once; a story has few.
    for (let turn = 0; turn < 1_000 && this.state !== undefined; turn++) {
      const next = nextClockDeadline(this.state, this.calendar, this.marks);
      if (next === undefined || next > instant) return;
      this.take(onClockTime(this, this.state, next));
    }
  }

  private take(step: { state: ClockState; changes: ClockChange[] }): void {
    this.state = step.state;
    this.changes.push(...step.changes);
  }
}
