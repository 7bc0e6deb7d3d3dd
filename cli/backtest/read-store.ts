/** Stored events into a backtest, in E4's order. */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import type { Spool } from '../../simulate/backtest/spool.ts';
import { writtenKey } from '../../simulate/own-events.ts';
import type { SentMessage } from '../../simulate/types.ts';
import { now } from '../../store/clock.ts';
import { historyEvents, messagesOfOthers } from '../../store/history.ts';
import { progress } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import type { Fed } from './replay.ts';

/** Events between two lines of news. */
const TOLD_EVERY = 50_000;

/**
 * Events before `from` come too: they make the state that stands then. Time ends at `to`, else now: what was cut off
 * there must not look like silence.
 */
export async function readStore(
  spool: Spool,
  { to, dataDir }: { to: Instant | undefined; dataDir: string | undefined },
  versions: readonly PlaybookVersion[],
): Promise<Fed> {
  return reachingStore(dataDir, async (database) => {
    const until = to ?? (await now(database.pool));
    const written = new Set<string>();
    for await (const event of historyEvents(database, { before: to })) {
      spool.add(event);
      if (event.own) written.add(writtenKey(event.name, event.properties));
      if (spool.events % TOLD_EVERY === 0) progress(`${spool.events} events read`);
    }
    const sentByOthers: SentMessage[] = [];
    const own = versions.map(({ playbook }) => playbook.playbook);
    for await (const sent of messagesOfOthers(database, { own, before: to })) sentByOthers.push(sent);
    return { until, sentByOthers, written };
  });
}
