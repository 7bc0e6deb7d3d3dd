/** A backtest of a draft over the stored events (V4): as `cuebook backtest --store` makes it, told while it goes on. */
import { availableParallelism } from 'node:os';
import { reasonWithWords } from '../../language/records/reasons.ts';
import { withThoseRun } from '../../language/records/runs.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import type { BacktestTold } from '../../server/api/contract/backtest.ts';
import { type PlaybookTally, Tally } from '../../simulate/backtest/tally.ts';
import { now as readNow } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { feedStored } from '../backtest/read-store.ts';
import { type Replayed, replay } from '../backtest/replay.ts';
import { withScratch } from '../backtest/scratch.ts';
import { Failure } from '../failure.ts';
import type { ReadPlaybooks } from '../playbooks/read.ts';

/** The rest of the cores answers requests. */
const MAX_PROCESSORS = 2;
/** Lines between two pictures of what has come so far. */
const TOLD_EVERY = 2_000;
const SAID_EVERY_MS = 250;
const MAX_SHOWN = 30;

export interface Backtesting {
  playbook: string;
  days: number;
}

/** @param say hears how far it is, and what has come so far */
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
    const replayed = await replay({ folder, sets, processors, from, say: heard }, (to) =>
      feedStored(to, database, { to: until, versions }),
    );
    return tallied(replayed, { playbook, from, until }, say);
  });
}

function tallied(
  replayed: Replayed,
  of: { playbook: string; from: number; until: number },
  say: (told: BacktestTold) => void,
): BacktestTold {
  const tally = new Tally([of.playbook]);
  const [set] = replayed.sets;
  let lines = 0;
  for (const line of set!.lines()) {
    tally.add(line);
    lines += 1;
    if (lines % TOLD_EVERY === 0) say({ found: shown(tally, replayed, of) });
  }
  return { found: shown(tally, replayed, of), isDone: true };
}

function shown(
  { playbooks, days }: Tally,
  { events, sets }: Replayed,
  { from, until }: { from: number; until: number },
): NonNullable<BacktestTold['found']> {
  const counts = [];
  for (let day = from; day <= until; day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10);
    counts.push({ day: date, firings: days.get(date) ?? 0 });
  }
  const [set] = sets;
  return {
    events,
    days: counts,
    playbooks: [...playbooks.values()].map(playbookShown),
    missed: set!.missed.slice(0, MAX_SHOWN).map(({ playbook, by, count }) => ({ playbook, by, count })),
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
