/** Why nothing fired, in words: what is there, what is still needed, and what came and did not fit. */
import type { ArmStanding } from '../../evaluator/explain/look-back.ts';
import { standingLines } from '../../server/people/standings.ts';
import { printLine } from '../output.ts';

/** @param standings of one playbook, an arm each */
export function printStanding(standings: readonly ArmStanding[], zone: string): void {
  for (const { arm, key, text } of standingLines(standings, zone)) {
    const which = standings.length === 1 ? '' : `arm ${arm + 1}: `;
    printLine(`  ${which}${key === null || key === '' ? '' : `key ${key}: `}${text}`);
  }
}
