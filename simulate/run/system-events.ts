/** Cuebook's own events (E9) that journeys and clocks write in virtual time, until the next round of the instant takes them. */
import { type SystemEvent, systemEventKey } from '../../evaluation/system-events.ts';
import type { Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { RunInput } from './types.ts';

/** Above every arrival of what comes from outside, which is numbered from 1. */
const FIRST_ARRIVAL = 2 ** 50;

export class SystemEventQueue {
  readonly #names: TriggerProgram['names'];
  readonly #written: RunInput['written'];
  #arrival = FIRST_ARRIVAL;
  #pending: TimelineEvent[] = [];

  constructor({ names }: TriggerProgram, { written }: RunInput) {
    this.#names = names;
    this.#written = written;
  }

  /** What no round has taken yet. */
  get pending(): readonly TimelineEvent[] {
    return this.#pending;
  }

  take(): TimelineEvent[] {
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  write({ name, messageId, subjects, properties, patches }: SystemEvent, at: Instant): void {
    // An event that nothing names and that changes nothing is not read again (architecture, decision 2).
    if (!patches && !this.#names.has(name)) return;
    // What an earlier effect left in the history stays what it is, and is not written twice (V4).
    if (!patches && this.#written?.has(systemEventKey(name, properties))) return;
    const base = { arrival: ++this.#arrival, messageId, name, at, receivedAt: at, properties, subjects };
    this.#pending.push({ ...base, patches: patches ?? [], own: true });
  }
}
