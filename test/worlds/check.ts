/** Plays histories every way there is, and makes what differs small. */

import type { WorkspaceFile } from '../../language/compile.ts';
import { placed } from '../../simulate/backtest/lines.ts';
import { type History, isLate, told } from '../../simulate/worlds/world.ts';
import { type Differences, differences, differencesInTime, differencesLate } from './compare.ts';
import { compiledWorld } from './compile.ts';
import { differencesOfDecisions } from './late-decisions.ts';
import { differencesOfEffects } from './late-effects.ts';
import { startWorld } from './live.ts';
import { nameOf, type World } from './shared.ts';
import { backtest, playVirtual, writtenFile } from './virtual.ts';

/** Candidates of one round of shrinking stand side by side in one store. */
const MOST_ROUNDS = 8;
const MOST_SHOWN = 3;

export interface Checked {
  histories: number;
  firings: number;
  done: number;
  /** Shrunk, with what came; empty where all is one. */
  faults: string[];
}

/** @returns by the place of a history in the list, what differs between a test, a backtest of a file and of the store, and live */
export async function differencesOf(world: World, histories: readonly History[]) {
  const file = await writtenFile(histories);
  const virtual = await playVirtual(world, file);
  const tested = virtual.lines.map((line) => JSON.stringify(placed(line).line));
  const found: Differences[] = [differences(tested, withoutSummary(await backtest(world, { file })))];
  await using live = await startWorld(world);
  await live.play(histories);
  found.push(differences(tested, withoutSummary(await backtest(world, { store: live.url }))));
  const named = new Map(histories.map((history, n) => [nameOf(n), history]));
  const inTime = new Set(histories.flatMap((history, n) => (history.some(isLate) ? [] : [nameOf(n)])));
  found.push(only(await differencesInTime(virtual, live, named), (name) => inTime.has(name)));
  found.push(only(await differencesLate(virtual, live, named, world.versions), (name) => !inTime.has(name)));
  found.push(only(await differencesOfDecisions(virtual, live, named, world.versions), (name) => !inTime.has(name)));
  found.push(only(await differencesOfEffects(virtual, live, named, world.versions), (name) => !inTime.has(name)));
  const ways = [
    'the backtest of the file',
    'the backtest of the store',
    'live, in time',
    'live, late',
    'decisions, late',
    'effects, late',
  ];
  const byHistory = new Map<number, string[]>();
  found.forEach((one, way) => {
    for (const [name, lines] of one) {
      const n = Number(name.slice(1));
      byHistory.set(n, [...(byHistory.get(n) ?? []), ...lines.map((line) => `${ways[way]}: ${line}`)]);
    }
  });
  return { byHistory, virtual };
}

function only(found: Differences, asked: (name: string) => boolean): Differences {
  return new Map([...found].filter(([name]) => asked(name)));
}

function withoutSummary(lines: readonly string[]): string[] {
  return lines.filter((line) => /^\{"type":"(firing|enrolment|effect|outcome)"/.test(line));
}

/** @param files playbooks that all of the histories meet */
export async function checkHistories(files: readonly WorkspaceFile[], histories: readonly History[]): Promise<Checked> {
  const world = await compiledWorld(files);
  const { byHistory, virtual } = await differencesOf(world, histories);
  const differing = [...byHistory].sort(([a], [b]) => a - b);
  // One fault often shows in many histories: a few are made small.
  const some = differing.slice(0, MOST_SHOWN).map(([n, lines]) => ({ n, history: histories[n]!, lines }));
  const faults = (await shrunk(world, some)).map(({ n, history, lines }) =>
    [`history ${n}, made small:`, ...told(history), ...lines.slice(0, 12)].join('\n'),
  );
  if (differing.length > MOST_SHOWN)
    faults.push(`and ${differing.length - MOST_SHOWN} more: ${differing.map(([n]) => n).join(' ')}`);
  const done = virtual.lines.filter((line) => line.type === 'effect').length;
  return {
    histories: histories.length,
    firings: virtual.lines.filter((line) => line.type === 'firing').length,
    done,
    faults,
  };
}

interface Fault {
  n: number;
  history: History;
  lines: string[];
}

/** Leaves out one call at a time, all choices of all faults side by side, as long as something still differs. */
async function shrunk(world: World, faults: readonly Fault[]): Promise<readonly Fault[]> {
  let known = faults;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const choices = known.flatMap((fault) =>
      fault.history.length > 1
        ? fault.history.map((_, n) => ({ n: fault.n, history: fault.history.filter((_one, i) => i !== n) }))
        : [],
    );
    if (choices.length === 0) break;
    const { byHistory } = await differencesOf(
      world,
      choices.map(({ history }) => history),
    );
    if (byHistory.size === 0) break;
    const smaller = new Map([...byHistory].map(([n, lines]) => [choices[n]!.n, { ...choices[n]!, lines }]));
    known = known.map((fault) => smaller.get(fault.n) ?? fault);
  }
  return known;
}
