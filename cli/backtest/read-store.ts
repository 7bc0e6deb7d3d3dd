/** Stored events into a backtest, in E4's order. */
import { join } from 'node:path';
import { systemEventKey } from '../../evaluation/system-events.ts';
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import { IdTable } from '../../simulate/backtest/id-table.ts';
import { LineWriter } from '../../simulate/backtest/line-file.ts';
import { lineOfSent } from '../../simulate/backtest/sent-file.ts';
import { historyEvents, messagesOfOthers } from '../../store/events/history.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { progress } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import type { Fed, Feeding } from './replay.ts';

/** Events between two lines of news. */
const TOLD_EVERY = 50_000;

/** `feedStored` from the store that the command line means. */
export async function readStore(
  feeding: Feeding,
  { to, dataDir }: { to: Instant | undefined; dataDir: string | undefined },
  versions: readonly PlaybookVersion[],
): Promise<Fed> {
  return reachingStore(dataDir, (database) => feedStored(feeding, database, { to, versions }));
}

/**
 * Events before `from` come too: they make the state of that time. Time ends at `to`, else now: what was cut off
 * there must not look like silence.
 */
export async function feedStored(
  { spool, folder }: Feeding,
  database: Database,
  { to, versions }: { to: Instant | undefined; versions: readonly PlaybookVersion[] },
): Promise<Fed> {
  const until = to ?? (await now(database.pool));
  const written = new IdTable();
  for await (const event of historyEvents(database, { before: to })) {
    spool.add(event);
    if (event.own) written.add(systemEventKey(event.name, event.properties));
    if (spool.events % TOLD_EVERY === 0) progress(`${spool.events} events read`);
  }
  const sent = new LineWriter(join(folder, 'sent'));
  const own = versions.map(({ playbook }) => playbook.playbook);
  for await (const message of messagesOfOthers(database, { own, before: to })) sent.write(lineOfSent(message));
  sent.close();
  return { until, sentByOthers: sent.path, written: written.places };
}
