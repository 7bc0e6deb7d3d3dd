/**
 * Which subjects must be evaluated together: those that one event names, and those that a record's traits name.
 * Union-find over their names; memory is bounded by subjects.
 */

import type { SubjectRef } from '../../language/model.ts';
import { idIn } from '../../language/records/id-in.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { addressKey } from '../../language/records/suppression.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { relationsOf } from '../../language/records/world.ts';

const NOBODY = -1;

export class Components {
  /** Traits that lead to a contact where playbooks read them (`main_contact`), besides a record's relations (E8). */
  readonly #relations: ReadonlySet<string>;
  /** Ids of colleagues and teams: `owner: kim` does not tie all of Kim's contacts together. */
  readonly #colleagues: ReadonlySet<string>;
  readonly #numbers = new Map<string, number>();
  readonly #parents: number[] = [];
  readonly #events: number[] = [];

  constructor(relations: ReadonlySet<string>, colleagues: ReadonlySet<string>) {
    this.#relations = relations;
    this.#colleagues = colleagues;
  }

  /** @returns the event's number here, by which its part is told; -1 for an event about a colleague or the workspace alone */
  add(event: TimelineEvent): number {
    const first = this.#first(event);
    if (first === undefined) return NOBODY;
    for (const subject of event.subjects) this.#join(first, this.#number(subjectKey(subject)));
    // A contact that an event merges was a separate subject until then (E6).
    for (const id of event.merges ?? []) this.#join(first, this.#number(subjectKey({ type: 'contact', id })));
    for (const { type, id, traits } of event.patches) {
      const record = this.#number(subjectKey({ type, id }));
      this.#join(first, record);
      for (const [related, other] of Object.entries(relationsOf(type, id, traits))) {
        this.#join(record, this.#number(subjectKey({ type: related, id: other })));
      }
      // Who has a contact's address is stopped with it (P3).
      const address = type === 'contact' ? addressKey(traits) : undefined;
      if (address !== undefined) this.#join(record, this.#number(`address/${address}`));
      for (const [trait, value] of Object.entries(traits)) {
        const named = this.#relations.has(trait) ? idIn(value) : undefined;
        if (named === undefined || this.#colleagues.has(named)) continue;
        this.#join(record, this.#number(subjectKey({ type: 'contact', id: named })));
      }
    }
    this.#events[first] = this.#events[first]! + 1;
    return first;
  }

  /**
   * @returns for each event, by its number, its part, from 0: the components with the most events first, each to the
   * emptiest part; those about nobody to the first.
   */
  parts(count: number): (event: number) => number {
    const sizes = new Map<number, number>();
    for (let n = 0; n < this.#parents.length; n++) {
      const root = this.#root(n);
      sizes.set(root, (sizes.get(root) ?? 0) + this.#events[n]!);
    }
    const loads = new Array<number>(count).fill(0);
    const partOf = new Map<number, number>();
    for (const [root, size] of [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
      const part = loads.indexOf(Math.min(...loads));
      loads[part] = loads[part]! + size;
      partOf.set(root, part);
    }
    return (event) => (event === NOBODY ? 0 : partOf.get(this.#root(event))!);
  }

  #first(event: TimelineEvent): number | undefined {
    const subject: SubjectRef | undefined = event.subjects[0] ?? event.patches[0];
    return subject && this.#number(subjectKey(subject));
  }

  #number(name: string): number {
    let n = this.#numbers.get(name);
    if (n === undefined) {
      n = this.#parents.push(this.#parents.length) - 1;
      this.#events.push(0);
      this.#numbers.set(name, n);
    }
    return n;
  }

  #root(n: number): number {
    let root = n;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    for (let at = n; at !== root; ) {
      const next = this.#parents[at]!;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  #join(a: number, b: number): void {
    const [first, second] = [this.#root(a), this.#root(b)];
    if (first !== second) this.#parents[Math.max(first, second)] = Math.min(first, second);
  }
}
