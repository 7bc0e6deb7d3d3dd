import { columns, paint, print } from '../output.ts';
import type { Finding } from './diagnose.ts';

const MARKS = {
  found: ['green', 'found  '],
  embedded: ['cyan', 'ready  '],
  doubtful: ['yellow', 'look   '],
  missing: ['red', 'missing'],
} as const;

/** The findings as a table, then what to do about what is missing. */
export function printDiagnosis(findings: Finding[]): void {
  const rows = columns(findings.map(({ what, version, from }) => [what, version ?? '', from]));
  for (const [i, finding] of findings.entries()) {
    const [colour, mark] = MARKS[finding.state];
    print(`${paint(colour, mark, process.stdout)}  ${rows[i]}`);
  }
  for (const { state, what, hint } of findings) {
    if (state === 'missing' || state === 'doubtful') print(`\n${what}: ${hint}`);
  }
}
