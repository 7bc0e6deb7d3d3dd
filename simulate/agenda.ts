/** What comes next in virtual time: a binary heap of instants, each with what is to be looked at then. */
import type { Instant } from '../language/model.ts';

export interface Appointment {
  at: Instant;
  /** `joint`: a deadline of timelines that will be one. */
  kind: 'deadline' | 'journey' | 'joint';
  id: string;
}

/**
 * Entries may be stale: whoever is woken looks at what is true, and makes another appointment where that is later. So one
 * entry, the earliest, is enough for each of them, and the heap does not grow with every event that moves a deadline.
 */
export class Agenda {
  #heap: Appointment[] = [];
  readonly #earliest = new Map<string, Instant>();

  peek(): Appointment | undefined {
    return this.#heap[0];
  }

  push(appointment: Appointment): void {
    const name = nameOf(appointment);
    const known = this.#earliest.get(name);
    if (known !== undefined && known <= appointment.at) return;
    this.#earliest.set(name, appointment.at);
    const heap = this.#heap;
    let i = heap.push(appointment) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= heap[i]!.at) break;
      [heap[parent], heap[i]] = [heap[i]!, heap[parent]!];
      i = parent;
    }
  }

  pop(): Appointment | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return first;
    const name = nameOf(first);
    if (this.#earliest.get(name) === first.at) this.#earliest.delete(name);
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < heap.length && heap[left]!.at < heap[least]!.at) least = left;
      if (right < heap.length && heap[right]!.at < heap[least]!.at) least = right;
      if (least === i) return first;
      [heap[least], heap[i]] = [heap[i]!, heap[least]!];
      i = least;
    }
  }
}

function nameOf({ kind, id }: Appointment): string {
  return `${kind}:${id}`;
}
