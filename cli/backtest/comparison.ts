/** Whom a changed playbook would have reached, and whom not any more: the same events through both. */
import type { PrintedLine } from '../../simulate/backtest/lines.ts';

export interface Comparison {
  playbook: string;
  /** In the order of their names. */
  both: number;
  onlyBefore: string[];
  onlyAfter: string[];
}

/**
 * Reached is who entered, held out or not. Where each side has one playbook they are compared whatever their names.
 *
 * @param before lines of the present playbooks; @param after of the changed ones
 */
export function compareReached(before: Iterable<PrintedLine>, after: Iterable<PrintedLine>): Comparison[] {
  const [old, changed] = [reachedBy(before), reachedBy(after)];
  if (old.size === 1 && changed.size === 1) {
    const [[name, subjects]] = [...old] as [[string, Set<string>]];
    return [comparisonOf(name, subjects, [...changed.values()][0]!)];
  }
  return comparisonsOf(old, changed);
}

/** The same, of playbooks that are one by their name alone. */
export function compareByName(before: Iterable<PrintedLine>, after: Iterable<PrintedLine>): Comparison[] {
  return comparisonsOf(reachedBy(before), reachedBy(after));
}

type Reached = Map<string, Set<string>>;

function comparisonsOf(before: Reached, after: Reached): Comparison[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.map((name) => comparisonOf(name, before.get(name) ?? new Set(), after.get(name) ?? new Set()));
}

function reachedBy(lines: Iterable<PrintedLine>): Reached {
  const reached: Reached = new Map();
  for (const line of lines) {
    if (line.type !== 'enrolment' || line.refused !== null) continue;
    const known = reached.get(line.playbook);
    if (known) known.add(line.subject);
    else reached.set(line.playbook, new Set([line.subject]));
  }
  return reached;
}

function comparisonOf(playbook: string, before: Set<string>, after: Set<string>): Comparison {
  const onlyBefore = [...before].filter((subject) => !after.has(subject)).sort();
  const onlyAfter = [...after].filter((subject) => !before.has(subject)).sort();
  return { playbook, both: before.size - onlyBefore.length, onlyBefore, onlyAfter };
}
