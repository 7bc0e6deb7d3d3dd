/**
 * Ids of recent firings: arms that meet on one key, instant and last evidence in different evaluations of an instant are one
 * firing (T13, N3). The store has their primary key; here a day back is enough: no firing lies further back than a date that
 * is learned late (T8).
 */
import type { Instant } from '../../language/model.ts';

const KEPT_MS = 25 * 3_600_000;

export class KnownFirings {
  #young = new Set<string>();
  #old = new Set<string>();
  #turnsAt = Number.NEGATIVE_INFINITY;

  /** Notes a firing. @returns whether it is new. */
  add(id: string, now: Instant): boolean {
    if (now >= this.#turnsAt) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#turnsAt = now + KEPT_MS;
    }
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    return true;
  }
}
