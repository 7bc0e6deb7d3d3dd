/**
 * What is there and has a fault. Whoever refers to it is not told that it does not exist: the fault is told where it is,
 * once, and what refers to it does not compile either.
 */
import { written } from '../../diagnostics/written.ts';

export type Referred = 'template' | 'person' | 'team' | 'channel' | 'calendar' | 'policy' | 'segment' | 'settings';

export class Faulty {
  readonly #names = new Set<string>();
  readonly #unreadable = new Set<Referred>();

  add(kind: Referred, name: unknown): void {
    if (typeof name === 'string') this.#names.add(`${kind} ${name}`);
  }

  /** A file of several could not be read at all: whatever is missing may be in it. */
  addUnreadable(kind: Referred): void {
    this.#unreadable.add(kind);
  }

  has(kind: Referred, name: unknown = ''): boolean {
    return this.#unreadable.has(kind) || this.#names.has(`${kind} ${written(name)}`);
  }
}
