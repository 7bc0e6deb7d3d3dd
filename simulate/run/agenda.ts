/** What comes next in virtual time: a binary heap of instants, each with what is due then. */
import type { Instant } from '../../language/model.ts';

export interface Appointment<T> {
  at: Instant;
  who: T;
}

/**
 * Entries may be stale: what is woken checks its deadline, and makes another appointment where that is later. So one entry, the
 * earliest, is enough for each, and the heap does not grow with every event that moves a deadline.
 */
export class Agenda<T> {
  #heap: Appointment<T>[] = [];
  readonly #earliest = new Map<T, Instant>();

  peek(): Appointment<T> | undefined {
    return this.#heap[0];
  }

  push(at: Instant, who: T): void {
    const known = this.#earliest.get(who);
    if (known !== undefined && known <= at) return;
    this.#earliest.set(who, at);
    const heap = this.#heap;
    const appointment = { at, who };
    let i = heap.push(appointment) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= at) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = appointment;
  }

  pop(): Appointment<T> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return first;
    if (this.#earliest.get(first.who) === first.at) this.#earliest.delete(first.who);
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  /** Puts the last entry where it belongs, from the top down. */
  #sink(last: Appointment<T>): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      let least = 2 * i + 1;
      if (least >= heap.length) break;
      if (least + 1 < heap.length && heap[least + 1]!.at < heap[least]!.at) least += 1;
      if (heap[least]!.at >= last.at) break;
      heap[i] = heap[least]!;
      i = least;
    }
    heap[i] = last;
  }
}
