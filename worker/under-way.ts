/** The activities that this worker carries out now: so that it ends when they have, and begins none while it ends. */
import { setTimeout as sleep } from 'node:timers/promises';

export class UnderWay {
  readonly #stopping = new AbortController();
  readonly #works = new Set<Promise<unknown>>();

  /** Given when nothing more is to be begun. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Counts a work until it has ended; what it gives or throws is passed on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const done = work();
    const settled = done.catch(() => undefined);
    this.#works.add(settled);
    try {
      return await done;
    } finally {
      this.#works.delete(settled);
    }
  }

  /** @returns how many have not ended by then: 0, mostly sooner. */
  async ended(withinMs: number): Promise<number> {
    const timer = new AbortController();
    const late = sleep(withinMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#works), late]);
    timer.abort();
    return this.#works.size;
  }
}
