/** Reads events one by one, with a peek at the next: as many as are needed, and never all of them. */
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { compareEvents } from '../../language/records/timeline.ts';

export class EventReader {
  readonly #events: Iterator<TimelineEvent>;
  #next: TimelineEvent | undefined;

  constructor(events: Iterable<TimelineEvent>) {
    this.#events = events[Symbol.iterator]();
    this.#next = this.#read();
  }

  peek(): TimelineEvent | undefined {
    return this.#next;
  }

  /** @throws Error when the next event comes before it in E4's order: the caller sorts events */
  take(): TimelineEvent | undefined {
    const taken = this.#next;
    this.#next = this.#read();
    if (taken && this.#next && compareEvents(taken, this.#next) > 0) {
      throw new Error(`events must come in their order: ${this.#next.messageId} came after ${taken.messageId}`);
    }
    return taken;
  }

  #read(): TimelineEvent | undefined {
    const { done, value } = this.#events.next();
    return done ? undefined : value;
  }
}
