/** What people read of a backtest: counts, and not the lines that they count. Memory is bounded by subjects. */

import type { Skipped } from '../../triggers/engine/skipped.ts';
import type { PrintedLine } from './lines.ts';
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

export class Tally {
  readonly playbooks = new Map<string, PlaybookTally>();
  /** Firings of each day, `YYYY-MM-DD` in UTC. */
  readonly days = new Map<string, number>();
  readonly #subjects = new Map<string, number>();
  firings = 0;
  enrolments = 0;
  effects = 0;

  constructor(playbooks: readonly string[]) {
    for (const playbook of playbooks) this.#of(playbook);
  }

  add(line: PrintedLine): void {
    const tally = this.#of(line.playbook);
    switch (line.type) {
      case 'firing': {
        tally.firings += 1;
        this.firings += 1;
        count(this.days, line.at.slice(0, line.at.indexOf('T')));
        count(this.#subjects, line.subject);
        return;
      }
      case 'enrolment':
        if (line.refused === null) {
          tally.enrolled += 1;
          this.enrolments += 1;
        } else count(tally.refused, String(line.refused));
        return;
      case 'effect':
        if (line.refused === null) {
          count(tally.effects, String(line.effect));
          this.effects += 1;
        } else count(tally.refusedEffects, `${line.effect}: ${line.refused}`);
        return;
      case 'outcome':
        count(tally.outcomes, line.after_end === true ? `${line.outcome} later` : String(line.outcome));
    }
  }

  /** Those with the most firings. */
  busiest(most: number): [subject: string, firings: number][] {
    return [...this.#subjects].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
  }

  #of(playbook: string): PlaybookTally {
    let tally = this.playbooks.get(playbook);
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
      this.playbooks.set(playbook, tally);
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

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
