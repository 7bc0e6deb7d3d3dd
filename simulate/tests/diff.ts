/** The lines that a test expects beside those that came, as a diff: one that is missing does not shift all behind it. */
import { isDeepStrictEqual } from 'node:util';
import type { ExpectedLine } from '../../language/compile.ts';
import type { Instant, Json } from '../../language/model.ts';
import { parseInstant } from '../../language/time/zones.ts';

/** One line that came: the step with what its keys came to. */
export interface CameLine {
  at: Instant;
  kind: string;
  fields: { [key: string]: Json };
  refused: string | null;
}

/** A line of `expect` and the line that came for it: `wanted` alone did not come, `came` alone was not expected. */
export interface Pair<C extends CameLine = CameLine> {
  wanted?: ExpectedLine;
  came?: C;
  /** The keys in which the two differ; empty where the line is met. */
  differs: string[];
}

/** Comparing every line with every other is bounded: beyond, lines are compared in order. */
const MAX_CELLS = 4_000_000;

/** In their order; where every line is met, as many pairs as lines, and none differs. */
export function pairLines<C extends CameLine>(expected: readonly ExpectedLine[], came: readonly C[]): Pair<C>[] {
  return align(expected, came, (wanted, line) => differences(wanted, line).length === 0).flatMap((part) =>
    'wanted' in part ? [{ ...part, differs: [] }] : pairsOfGap(part.missing, part.extra),
  );
}

/** Between two lines that are met: what comes nearest is one line that differs, the rest is missing or too much. */
function pairsOfGap<C extends CameLine>(missing: readonly ExpectedLine[], extra: readonly C[]): Pair<C>[] {
  return align(missing, extra, isAlike).flatMap((part): Pair<C>[] => {
    if ('wanted' in part) return [{ ...part, differs: differences(part.wanted, part.came) }];
    return [
      ...part.missing.map((wanted) => ({ wanted, differs: [] })),
      ...part.extra.map((line) => ({ came: line, differs: [] })),
    ];
  });
}

/** The keys that a line has and that came to something else; `at` where it says an instant. */
export function differences(wanted: ExpectedLine, came: CameLine): string[] {
  const fields = { ...came.fields, ...(came.refused !== null && { refused: came.refused }) } as { [key: string]: Json };
  const differs = Object.entries(wanted.fields).flatMap(([key, value]) => (isSame(value, fields[key]) ? [] : [key]));
  if (wanted.at !== undefined && wanted.at !== came.at) differs.unshift('at');
  // What was refused did not happen: a line that does not say so is not met by it.
  if (came.refused !== null && wanted.fields.refused === undefined) differs.push('refused');
  // Nor what another playbook did, that this one has run (S13).
  if (came.fields.playbook !== undefined && wanted.fields.playbook === undefined) differs.push('playbook');
  return differs;
}

/** Whether a line means the same effect: the same mail, task or outcome, at whatever time and with whatever else. */
export function isAlike({ fields }: ExpectedLine, { kind, fields: came }: CameLine): boolean {
  const wanted = fields[kind];
  return wanted !== undefined && (kind === 'outcome' || isSame(wanted, came[kind]));
}

/** Instants are the same in whatever form they are written. */
function isSame(wanted: Json, came: Json | undefined): boolean {
  if (isDeepStrictEqual(wanted, came)) return true;
  if (typeof wanted !== 'string' || typeof came !== 'string') return false;
  const a = parseInstant(wanted);
  return a !== undefined && a === parseInstant(came);
}

type Part<C> = { wanted: ExpectedLine; came: C } | { missing: ExpectedLine[]; extra: C[] };

/** The longest common subsequence of the two, with what lies between its lines. */
function align<C>(
  expected: readonly ExpectedLine[],
  came: readonly C[],
  fits: (wanted: ExpectedLine, came: C) => boolean,
): Part<C>[] {
  const { length: n } = expected;
  const { length: m } = came;
  const isTooMuch = n * m > MAX_CELLS;
  const lengths = isTooMuch ? undefined : commonLengths(expected, came, fits);
  const parts: Part<C>[] = [];
  let gap: { missing: ExpectedLine[]; extra: C[] } = { missing: [], extra: [] };
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    const wanted = expected[i];
    const line = came[j];
    const takesPair =
      wanted !== undefined &&
      line !== undefined &&
      fits(wanted, line) &&
      (!lengths || lengths[i]![j] === 1 + lengths[i + 1]![j + 1]!);
    if (takesPair) {
      if (gap.missing.length + gap.extra.length > 0) parts.push(gap);
      gap = { missing: [], extra: [] };
      parts.push({ wanted, came: line });
      i += 1;
      j += 1;
    } else if (isTooMuch) {
      if (i < n) gap.missing.push(expected[i++]!);
      if (j < m) gap.extra.push(came[j++]!);
    } else if (j >= m || (i < n && lengths![i + 1]![j]! >= lengths![i]![j + 1]!)) gap.missing.push(expected[i++]!);
    else gap.extra.push(came[j++]!);
  }
  if (gap.missing.length + gap.extra.length > 0) parts.push(gap);
  return parts;
}

/** `lengths[i][j]`: how many lines the ends from `i` and `j` on have in common. */
function commonLengths<C>(
  expected: readonly ExpectedLine[],
  came: readonly C[],
  fits: (wanted: ExpectedLine, came: C) => boolean,
): Uint16Array[] {
  const lengths = Array.from({ length: expected.length + 1 }, () => new Uint16Array(came.length + 1));
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = came.length - 1; j >= 0; j--) {
      lengths[i]![j] = fits(expected[i]!, came[j]!)
        ? 1 + lengths[i + 1]![j + 1]!
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}
