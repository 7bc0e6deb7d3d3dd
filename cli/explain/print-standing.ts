/** Why nothing fired, in words: what is there, what is still needed, and what came and did not fit. */
import type { ArmStanding, Unfitting } from '../../evaluator/explain/look-back.ts';
import type { Instant } from '../../language/model.ts';
import { localDate, localMinute, weekday } from '../../language/time/zones.ts';
import { lookedWords } from '../../steps/decision-words.ts';
import { printLine } from '../output.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Monday 2026-03-02 11:02`, by the clocks of the zone. */
export function dayAndTime(at: Instant, zone: string): string {
  const date = localDate(at, zone);
  const minute = localMinute(at, zone);
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${DAYS[weekday(date)]} ${date} ${time}`;
}

/** @param standings of one playbook, an arm each */
export function printStanding(standings: readonly ArmStanding[], zone: string): void {
  for (const { arm, lacks, unfitting } of standings) {
    const which = standings.length === 1 ? '' : `arm ${arm + 1}: `;
    for (const { key, words } of lacks) {
      const of = key === '' ? '' : `key ${key}: `;
      for (const line of words) printLine(`  ${which}${of}${line}`);
    }
    for (const one of unfitting) printLine(`  ${which}${unfittingText(one, zone)}`);
  }
}

function unfittingText({ event, at, where, values }: Unfitting, zone: string): string {
  return `${event} of ${dayAndTime(at, zone)} does not fit \`${where}\`: ${lookedWords(values)}`;
}
