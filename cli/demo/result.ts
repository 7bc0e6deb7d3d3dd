/** What a demo came to, for programs. */
import type { Database } from '../../store/postgres/database.ts';
import { type PlaybookTotals, readTotals } from '../../store/reports/totals.ts';
import type { Chosen } from '../boot/running-parts.ts';

export interface DemoResult {
  playbooks: { [playbook: string]: PlaybookTotals };
  /** Part → where it came from, with its version. */
  parts: { [part: string]: string };
}

export async function resultOf(database: Database, chosen: readonly Chosen[]): Promise<DemoResult> {
  return {
    playbooks: Object.fromEntries(await readTotals(database)),
    parts: Object.fromEntries(chosen.map(({ part, version, from }) => [part, `${version}, ${from}`])),
  };
}
