/** What people read of a backtest: counts, and not the lines that they count. Memory is bounded by subjects. */

import { DAY_MS } from '../../language/time/duration.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Skipped } from '../../triggers/engine/skipped.ts';
import type { RunLine } from '../run/types.ts';
import type { MissedCount } from './part.ts';

export interface PlaybookTally {
  playbook: string;
  firings: number;
  enrolled: number;
  refused: Map<string, number>;
  /** What was done, by the step's word; what was refused is not among it. */
  effects: Map<string, number>;
  refusedEffects: Map<string, number>;
  outcomes: Map<string, number>;
}

/** What one part has counted, as its thread hands it over. */
export interface TallyCounts {
  playbooks: Map<string, PlaybookTally>;
  /** Firings of each day, by its number in UTC. */
  days: Map<number, number>;
  /** Firings of each subject, by its id. */
  subjects: Map<string, number>;
}

export class Tally {
  readonly counts: TallyCounts = { playbooks: new Map(), days: new Map(), subjects: new Map() };

  add(line: RunLine): void {
    const tally = this.#of(line.playbook);
    switch (line.type) {
      case 'firing': {
        tally.firings += 1;
        count(this.counts.days, Math.floor(line.at / DAY_MS));
        count(this.counts.subjects, line.subject.id);
        return;
      }
      case 'enrolment':
        if (line.refused === null) tally.enrolled += 1;
        else count(tally.refused, line.refused);
        return;
      case 'effect':
        if (line.refused === null) count(tally.effects, line.effect);
        else count(tally.refusedEffects, `${line.effect}: ${line.refused}`);
        return;
      case 'outcome':
        count(tally.outcomes, line.afterEnd ? `${line.outcome} later` : line.outcome);
    }
  }

  /** Adds what another part has counted. */
  include({ playbooks, days, subjects }: TallyCounts): void {
    for (const [name, other] of playbooks) {
      const tally = this.#of(name);
      tally.firings += other.firings;
      tally.enrolled += other.enrolled;
      for (const kind of ['refused', 'effects', 'refusedEffects', 'outcomes'] as const)
        addAll(tally[kind], other[kind]);
    }
    addAll(this.counts.days, days);
    addAll(this.counts.subjects, subjects);
  }

  /** By their names; @param named those that have a row whatever they did */
  playbooks(named: readonly string[] = []): PlaybookTally[] {
    for (const name of named) this.#of(name);
    return [...this.counts.playbooks.values()].sort((a, b) => (a.playbook < b.playbook ? -1 : 1));
  }

  playbook(name: string): PlaybookTally | undefined {
    return this.counts.playbooks.get(name);
  }

  get firings(): number {
    return this.#sum(({ firings }) => firings);
  }

  get enrolments(): number {
    return this.#sum(({ enrolled }) => enrolled);
  }

  get effects(): number {
    return this.#sum(({ effects }) => [...effects.values()].reduce((a, b) => a + b, 0));
  }

  /** Firings of each day, `YYYY-MM-DD` in UTC. */
  days(): Map<string, number> {
    return new Map([...this.counts.days].map(([day, n]) => [isoInstant(day * DAY_MS).split('T')[0]!, n]));
  }

  /** Those with the most firings. */
  busiest(most: number): [subject: string, firings: number][] {
    return [...this.counts.subjects].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
  }

  #sum(of: (tally: PlaybookTally) => number): number {
    let sum = 0;
    for (const tally of this.counts.playbooks.values()) sum += of(tally);
    return sum;
  }

  #of(playbook: string): PlaybookTally {
    let tally = this.counts.playbooks.get(playbook);
    if (!tally) {
      tally = {
        playbook,
        firings: 0,
        enrolled: 0,
        refused: new Map(),
        effects: new Map(),
        refusedEffects: new Map(),
        outcomes: new Map(),
      };
      this.counts.playbooks.set(playbook, tally);
    }
    return tally;
  }
}

/** The counts of several parts as one, by playbook and what was missed. */
export function sumMissed(parts: readonly (readonly MissedCount[])[]): MissedCount[] {
  const sums = new Map<string, MissedCount>();
  for (const { playbook, by, count: n } of parts.flat()) {
    const id = JSON.stringify([playbook, by]);
    const known = sums.get(id);
    if (known) known.count += n;
    else sums.set(id, { playbook, by, count: n });
  }
  return [...sums.keys()]
    .sort()
    .map((id) => sums.get(id)!)
    .filter((sum) => sum.count > 0);
}

/** What took no part in any of several parts, those with most of it first. */
export function sumNoPart(parts: readonly (readonly Skipped[])[]): Skipped[] {
  const sums = new Map<string, Skipped>();
  for (const one of parts.flat()) {
    const id = JSON.stringify([one.kind, one.of, one.name]);
    const known = sums.get(id);
    sums.set(id, known ? { ...known, count: known.count + one.count } : one);
  }
  return [...sums].sort(([a, { count: n }], [b, { count: m }]) => m - n || (a < b ? -1 : 1)).map(([, sum]) => sum);
}

function count<K>(counts: Map<K, number>, name: K, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function addAll<K>(counts: Map<K, number>, others: ReadonlyMap<K, number>): void {
  for (const [name, n] of others) count(counts, name, n);
}
