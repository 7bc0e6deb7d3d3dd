/** Whom the stored events of the last days would have reached: by what is deployed, and by what is planned (V4, V6). */
import { availableParallelism } from 'node:os';
import { DAY_MS } from '../../../language/time/duration.ts';
import type { PlaybookSet } from '../../../simulate/backtest/part.ts';
import type { Tally } from '../../../simulate/backtest/tally.ts';
import { now } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { compareByName } from '../../backtest/comparison.ts';
import { feedStored } from '../../backtest/read-store.ts';
import { replay } from '../../backtest/replay.ts';
import { withScratch } from '../../backtest/scratch.ts';
import { progress } from '../../output.ts';

export interface Reach {
  playbook: string;
  /** Subjects who enter by both. */
  both: number;
  /** Those who enter by one alone: how many, and the first ids. */
  noMore: Counted;
  newly: Counted;
  /** What would have been done, by the step's word. */
  effects: { before: { [step: string]: number }; after: { [step: string]: number } };
}

export interface Counted {
  count: number;
  examples: string[];
}

const MAX_EXAMPLES = 5;
const MAX_PROCESSORS = 4;

/** Only playbooks for which the two are not the same, in the order of their names. */
export async function readReach(
  database: Database,
  { before, after, days }: { before: PlaybookSet; after: PlaybookSet; days: number },
): Promise<Reach[]> {
  const from = (await now(database.pool)) - days * DAY_MS;
  return withScratch(async (folder) => {
    const sets = [before, after];
    const processors = { count: Math.min(MAX_PROCESSORS, availableParallelism()), asked: false };
    const replayed = await replay({ folder, sets, processors, from, keeps: ['enrolment'], say: progress }, (to) =>
      feedStored(to, database, { to: undefined, versions: [...before.versions, ...after.versions] }),
    );
    const lines = replayed.sets.map((set) => () => set.lines());
    const [old, planned] = replayed.sets.map(({ tally }) => tally) as [Tally, Tally];
    return compareByName(lines[0]!(), lines[1]!()).flatMap(({ playbook, both, onlyBefore, onlyAfter }) => {
      const effects = { before: effectsOf(old, playbook), after: effectsOf(planned, playbook) };
      const isSame = onlyBefore.length === 0 && onlyAfter.length === 0 && sameCounts(effects.before, effects.after);
      return isSame ? [] : [{ playbook, both, noMore: counted(onlyBefore), newly: counted(onlyAfter), effects }];
    });
  });
}

function counted(subjects: readonly string[]): Counted {
  return { count: subjects.length, examples: subjects.slice(0, MAX_EXAMPLES) };
}

function effectsOf(tally: Tally, playbook: string): { [step: string]: number } {
  const effects = [...(tally.playbook(playbook)?.effects ?? [])];
  return Object.fromEntries(effects.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sameCounts(a: { [step: string]: number }, b: { [step: string]: number }): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
