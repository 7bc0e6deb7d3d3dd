/** Plays histories every way there is, and makes what differs small. */

import type { WorkspaceFile } from '../../language/compile.ts';
import { placed } from '../../simulate/backtest/lines.ts';
import { type History, isLate, told } from '../../simulate/worlds/world.ts';
import { type Differences, differences, differencesInTime, differencesLate } from './compare.ts';
import { compiledWorld } from './compile.ts';
import { startWorld } from './live.ts';
import { nameOf, type World } from './shared.ts';
import { backtest, playVirtual, writtenFile } from './virtual.ts';

/** Candidates of one round of shrinking stand side by side in one store. */
const MOST_ROUNDS = 8;

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
  const inTime = new Set(histories.flatMap((history, n) => (history.some(isLate) ? [] : [nameOf(n)])));
  found.push(only(await differencesInTime(virtual, live), (name) => inTime.has(name)));
  found.push(only(await differencesLate(virtual, live), (name) => !inTime.has(name)));
  const ways = ['the backtest of the file', 'the backtest of the store', 'live, in time', 'live, late'];
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
  const faults: string[] = [];
  // One fault often shows in many histories: a few are made small.
  for (const [n, lines] of [...byHistory].sort(([a], [b]) => a - b).slice(0, 3)) {
    const small = await shrunk(world, { history: histories[n]!, lines });
    faults.push([`history ${n}, made small:`, ...told(small.history), ...small.lines.slice(0, 12)].join('\n'));
  }
  if (byHistory.size > 3) faults.push(`and ${byHistory.size - 3} more: ${[...byHistory.keys()].join(' ')}`);
  const done = virtual.lines.filter((line) => line.type === 'effect').length;
  return {
    histories: histories.length,
    firings: virtual.lines.filter((line) => line.type === 'firing').length,
    done,
    faults,
  };
}

interface Fault {
  history: History;
  lines: string[];
}

/** Leaves out one call at a time, all choices side by side, as long as something still differs. */
async function shrunk(world: World, fault: Fault): Promise<Fault> {
  let known = fault;
  for (let round = 0; round < MOST_ROUNDS && known.history.length > 1; round++) {
    const { history } = known;
    const choices = history.map((_, n) => history.filter((_one, i) => i !== n));
    const { byHistory } = await differencesOf(world, choices);
    const [smaller] = byHistory;
    if (!smaller) return known;
    known = { history: choices[smaller[0]]!, lines: smaller[1] };
  }
  return known;
}
