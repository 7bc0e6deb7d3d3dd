/** A backtest of a draft over the stored events (V4): as `cuebook backtest --store` makes it, told while it goes on. */
import { availableParallelism } from 'node:os';
import { reasonWithWords } from '../../../language/records/reasons.ts';
import { withThoseRun } from '../../../language/records/runs.ts';
import { DAY_MS } from '../../../language/time/duration.ts';
import { isoInstant } from '../../../language/time/instants.ts';
import type { BacktestTold } from '../../../server/api/contract/backtest.ts';
import type { PlaybookTally } from '../../../simulate/backtest/tally.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { feedStored } from '../../backtest/read-store.ts';
import { type Replayed, replay } from '../../backtest/replay.ts';
import { withScratch } from '../../backtest/scratch.ts';
import { Failure } from '../../failure.ts';
import type { ReadPlaybooks } from '../../playbooks/read.ts';

/** The rest of the cores answers requests. */
const MAX_PROCESSORS = 2;
const SAID_EVERY_MS = 250;
const MAX_SHOWN = 30;

export interface Backtesting {
  playbook: string;
  days: number;
}

/** @param say hears how far it is */
export async function backtestDraft(
  database: Database,
  { compiled, diagnostics, files }: ReadPlaybooks,
  { playbook, days }: Backtesting,
  say: (told: BacktestTold) => void,
): Promise<BacktestTold> {
  const own = compiled.versions.filter((one) => one.playbook.playbook === playbook && files.has(playbook));
  if (own.length === 0 || diagnostics.some(({ severity }) => severity === 'error')) {
    const hint = 'Mend what the linter says of it first.';
    throw new Failure('FAULTY_PLAYBOOKS', `${playbook} has a fault.`, hint, { exitCode: 1 });
  }
  const versions = withThoseRun(own, compiled.versions);
  const { settings, people } = compiled.workspace;
  const until = await readNow(database.pool);
  const from = until - days * DAY_MS;
  return withScratch(async (folder) => {
    const processors = { count: Math.min(MAX_PROCESSORS, availableParallelism()), asked: false };
    const sets = [{ versions, settings, people }];
    const heard = everySoOften((progress) => say({ progress }));
    // Only counts are shown: no line is kept.
    const options = { folder, sets, processors, from, keeps: [], say: heard };
    const replayed = await replay(options, (to) => feedStored(to, database, { to: until, versions }));
    return { found: shown(replayed, { playbook, from, until }), isDone: true };
  });
}

function shown(
  { events, sets }: Replayed,
  { playbook, from, until }: { playbook: string; from: number; until: number },
): NonNullable<BacktestTold['found']> {
  const { tally, missed } = sets[0]!;
  const days = tally.days();
  const counts = [];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day <= until; day += DAY_MS) {
    const date = isoInstant(day).split('T')[0]!;
    counts.push({ day: date, firings: days.get(date) ?? 0 });
  }
  return {
    events,
    days: counts,
    playbooks: tally.playbooks([playbook]).map(playbookShown),
    missed: missed.slice(0, MAX_SHOWN).map(({ playbook, by, count }) => ({ playbook, by, count })),
  };
}

function playbookShown({ playbook, firings, enrolled, ...counted }: PlaybookTally) {
  const { refused, effects, refusedEffects, outcomes } = counted;
  return {
    playbook,
    firings,
    enrolled,
    refused: largest(refused, reasonWithWords),
    effects: largest(effects),
    refusedEffects: largest(refusedEffects),
    outcomes: largest(outcomes),
  };
}

function largest(counts: ReadonlyMap<string, number>, words = (name: string) => name) {
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_SHOWN)
    .map(([name, count]) => ({ what: words(name), count }));
}

function everySoOften(say: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    if (performance.now() - last < SAID_EVERY_MS) return;
    last = performance.now();
    say(line);
  };
}
