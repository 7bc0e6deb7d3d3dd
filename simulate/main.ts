/**
 * `npm run simulate`: kills the product at seeded moments, and checks that nothing was lost or done twice; or plays drawn
 * histories against an oracle.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runScenario } from './crash/scenario.ts';

const USAGE = `Usage: npm run simulate -- [--seed N] [--runs N] [--kills N] [--keep]
       npm run simulate -- --histories N [--seed N]
       npm run simulate -- --mutants [--seed N]
       npm run simulate -- --worlds N | --small N [--seed N]
       npm run simulate -- --crashes N | --stored N | --points [--seed N]

Starts the product on a folder of its own, sends it a stream of events, and kills it (kill -9) at moments that the seed
decides. Then every acknowledged event must be stored once, every enrolment that the events ask for must be there once,
and every mail must have come once or stand as unknown.

  --seed N    the first seed (default 1)
  --runs N    so many seeds, one after the other (default 10)
  --kills N   kills in each run (default 1)
  --keep      leave each run's folder where it is, to be looked into

With --histories, so many histories that the seed draws are played instead: late, repeated and tied events, restarts
between any two steps, days on which clocks change. What fires is compared with an oracle that is written from the rules
alone. With --mutants, parts of the engine are broken on purpose, one at a time, and each must be noticed by that oracle, or,
where that does not simulate it, by the test that the mutant names.

With --worlds, so many drawn histories of visitors, second claims, merges, late and repeated calls meet drawn playbooks: as a
test, as a backtest of the file and of the store, and live on PostgreSQL. What is fired, decided and done must be one. With
--small, so many of all histories of up to five events in a small world, in any order of arrival and any cut into requests.

With --crashes, so many runs of drawn journeys of every step, in virtual time: their processes die at any command, what was not
written is forgotten and played again, signals come late. Each must do what the same journey does whose process lives. With
--stored, the same on PostgreSQL: processes die at any statement, two carry out one request, answers are lost. With --points, one
story of each playbook that ships dies at every single point in turn: before and behind each command, and each statement.

  --histories N   how many, of all rules together
  --mutants       the broken ones
  --worlds N      how many; the seed is that of the first playbooks, and stands with what differs
  --small N       how many
  --crashes N     how many
  --stored N      how many
  --points        all of them

Examples:
  $ npm run simulate -- --histories 100000
  $ npm run simulate -- --seed 7 --runs 1
`;

const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const chosen = readOptions(args);
  if (chosen === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { seed: first, runs, kills, keep, histories, mutants, worlds, small, crashes, stored, points } = chosen;
  if (mutants || histories !== undefined) {
    const oracle = await import('./oracle/command.ts');
    if (!mutants) return (await oracle.histories(histories!, first)) ? 0 : 1;
    const { tested } = await import('./worlds/command.ts');
    const held = [await oracle.mutants(first), await tested()];
    return held.every(Boolean) ? 0 : 1;
  }
  if (worlds !== undefined || small !== undefined) {
    const { playWorlds } = await import('./worlds/command.ts');
    return (await playWorlds({ worlds, small, seed: first })) ? 0 : 1;
  }
  if (points || crashes !== undefined || stored !== undefined) {
    const command = await import('./crashes/command.ts');
    if (points) return (await command.everyPoint(first)) ? 0 : 1;
    if (crashes !== undefined) return (await command.crashes(crashes, first)) ? 0 : 1;
    return (await command.storedCrashes(stored!, first)) ? 0 : 1;
  }
  const failed: number[] = [];
  for (let seed = first; seed < first + runs; seed++) {
    const faults = await play(seed, kills, keep);
    if (faults.length === 0) continue;
    failed.push(seed);
    print(`seed ${seed}: ${faults.length} faults`);
    for (const fault of faults) print(`  - ${fault}`);
    print(`  again: npm run simulate -- --seed ${seed} --runs 1 --kills ${kills}`);
  }
  print(
    failed.length === 0
      ? `${runs} of ${runs} runs held`
      : `${failed.length} of ${runs} failed: seeds ${failed.join(', ')}`,
  );
  return failed.length === 0 ? 0 : 1;
}

async function play(seed: number, kills: number, keep: boolean): Promise<string[]> {
  const begunMs = performance.now();
  try {
    const result = await runScenario({ seed, kills, keep, main: MAIN, say: (line) => print(`seed ${seed}: ${line}`) });
    const { acknowledged, enrolments, mails, unknown, again, faults } = result;
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(0);
    print(
      `seed ${seed}: ${acknowledged} events acknowledged, ${enrolments} enrolments, ${mails} mails, ${again} again, ${unknown} unknown, ${seconds} s`,
    );
    return faults;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

interface Options {
  seed: number;
  runs: number;
  kills: number;
  keep: boolean;
  histories: number | undefined;
  worlds: number | undefined;
  small: number | undefined;
  crashes: number | undefined;
  stored: number | undefined;
  mutants: boolean;
  points: boolean;
}

/** Undefined for numbers that are not whole, and for what there is not. */
function readOptions(args: string[]): Options | undefined {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: option,
        runs: option,
        kills: option,
        keep: { type: 'boolean' },
        histories: option,
        worlds: option,
        small: option,
        crashes: option,
        stored: option,
        mutants: { type: 'boolean' },
        points: { type: 'boolean' },
      },
    });
    const numbers = {
      seed: Number(values.seed ?? 1),
      runs: Number(values.runs ?? 10),
      kills: Number(values.kills ?? 1),
      histories: count(values.histories),
      worlds: count(values.worlds),
      small: count(values.small),
      crashes: count(values.crashes),
      stored: count(values.stored),
    };
    return Object.values(numbers).every((n) => n === undefined || (Number.isSafeInteger(n) && n >= 0))
      ? { ...numbers, keep: values.keep ?? false, mutants: values.mutants ?? false, points: values.points ?? false }
      : undefined;
  } catch {
    return undefined;
  }
}

function count(written: string | undefined): number | undefined {
  return written === undefined ? undefined : Number(written);
}

process.exitCode = await main(process.argv.slice(2));
