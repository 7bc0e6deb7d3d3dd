/** Plays many histories side by side: live on one store, and in virtual time; every history is of people of its own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CompiledWorkspace, WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { readFiles } from '../../cli/backtest/read-files.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunLine } from '../../simulate/run/types.ts';
import { type Arrival, type History, inOrder, named, START, UNIT_MS } from '../../simulate/worlds/world.ts';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { nextDue } from '../support/next-due.ts';
import { startSystem, type System } from '../support/system.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

/** No deadline falls on it. */
export const UNTIL: Instant = START + 60 * UNIT_MS + 4_321;
/** Calls in one request. */
const MOST_CALLS = 400;

export type World = CompiledWorkspace & { files: readonly WorkspaceFile[] };

export const nameOf = (n: number): string => `h${String(n).padStart(5, '0')}`;

/** The file that tells the histories, in E4's order. */
export async function writtenFile(histories: readonly History[]): Promise<string> {
  const file = join(await makeTempFolder(), 'history.ndjson');
  const all = histories.flatMap((history, n) => inOrder(named(history, nameOf(n))));
  await writeFile(file, all.map(({ call }) => `${JSON.stringify(call)}\n`).join(''));
  return file;
}

/** As the tests of a playbook play: every claim is known, the events are those of the file. */
export async function playVirtual({ versions, workspace }: World, file: string): Promise<RunLine[]> {
  const events = new Map<string, TimelineEvent>();
  await readFiles([file], {
    // The first of a repeat wins (E2).
    onEvent: (event) => void (events.has(event.messageId) || events.set(event.messageId, event)),
    onRefused: (line) => {
      throw new Error(JSON.stringify(line));
    },
    onProgress: () => {},
  });
  const ordered = [...events.values()].sort(compareEvents);
  const lines: RunLine[] = [];
  run(
    {
      versions,
      settings: workspace.settings,
      people: workspace.people,
      records: [],
      start: START - 1,
      events: ordered,
      claims: ordered.flatMap(identityLinksOf),
      until: UNTIL,
    },
    (line) => lines.push(line),
  );
  return lines;
}

/** What `cuebook backtest` prints of the file, or of a system's store. */
export async function backtest(world: World, from: { file: string } | { store: string }): Promise<string[]> {
  const folder = await makeTempFolder();
  for (const { path, text } of world.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const before = process.env.DATABASE_URL;
  if ('store' in from) process.env.DATABASE_URL = from.store;
  try {
    const input = 'store' in from ? ['--store'] : ['--events', from.file];
    const { stdout, stderr, code } = await cuebook('backtest', folder, ...input, '--json', 'store' in from ? '--to' : '--until', isoInstant(UNTIL));
    if (code !== 0) throw new Error(`the backtest ended with ${code}: ${stderr}${stdout.slice(0, 500)}`);
    return jsonLines(stdout).map((line) => JSON.stringify(line));
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = before;
  }
}

export async function startWorld({ versions, workspace }: World): Promise<System> {
  const surroundings = { settings: workspace.settings, people: workspace.people };
  return startSystem({ playbooks: { versions, surroundings }, clock: { mode: 'stepped', at: START - 1 } });
}

/** Sends every call when it arrives, each cut in a request of its own, and steps the clock through all that is due. */
export async function playLive(system: System, histories: readonly History[]): Promise<void> {
  const arrivals = histories.flatMap((history, n) => named(history, nameOf(n)));
  const instants = [...new Set(arrivals.map(({ sentAt }) => sentAt))].sort((a, b) => a - b);
  for (const instant of [...instants, UNTIL]) {
    for (let due = await nextDue(system); due !== undefined && due < instant; due = await nextDue(system))
      await system.step(due);
    await system.step(instant);
    const now = arrivals.filter(({ sentAt }) => sentAt === instant);
    for (const cut of [...new Set(now.map((one) => one.cut))].sort((a, b) => a - b)) {
      for (const part of parts(now.filter((one) => one.cut === cut)))
        await system.post(part.map(({ call }) => call));
      await system.idle();
    }
  }
}

/** Requests; one history's calls stay together. */
function* parts(arrivals: readonly Arrival[]): Generator<Arrival[]> {
  let part: Arrival[] = [];
  const whose = ({ call }: Arrival) => String(call.messageId).split('-')[0];
  for (const arrival of arrivals) {
    if (part.length >= MOST_CALLS && whose(part.at(-1)!) !== whose(arrival)) {
      yield part;
      part = [];
    }
    part.push(arrival);
  }
  if (part.length > 0) yield part;
}
