/** Histories as a file, as the tests of playbooks play them, and as backtests do. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFiles } from '../../cli/backtest/read-files.ts';
import { IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunLine } from '../../simulate/run/types.ts';
import { type History, inOrder, named, START, wireText } from '../../simulate/worlds/world.ts';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { nameOf, UNTIL, type World } from './shared.ts';

/** The file that tells the histories, in E4's order. */
export async function writtenFile(histories: readonly History[]): Promise<string> {
  const file = join(await makeTempFolder(), 'history.ndjson');
  const all = histories.flatMap((history, n) => inOrder(named(history, nameOf(n))));
  await writeFile(file, all.map((arrival) => `${wireText(arrival)}\n`).join(''));
  return file;
}

export interface Virtual {
  lines: RunLine[];
  /** Whose it is in the end: what a visitor did goes to the person the visitor became (E6). */
  heirOf(contactId: string): string;
}

/** As the tests of a playbook play: every claim is known, the events are those of the file. */
export async function playVirtual({ versions, workspace }: World, file: string): Promise<Virtual> {
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
  const claims = ordered.flatMap(identityLinksOf);
  const lines: RunLine[] = [];
  const links = new IdentityLinks(claims);
  run(
    {
      versions,
      settings: workspace.settings,
      people: workspace.people,
      records: [],
      start: START - 1,
      events: ordered,
      claims,
      until: UNTIL,
    },
    (line) => lines.push(line),
  );
  return { lines, heirOf: (id) => links.heirOf(id) };
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
    const { stdout, stderr, code } = await cuebook(
      'backtest',
      folder,
      ...input,
      '--json',
      'store' in from ? '--to' : '--until',
      isoInstant(UNTIL),
    );
    if (code !== 0) throw new Error(`the backtest ended with ${code}: ${stderr}${stdout.slice(0, 500)}`);
    return jsonLines(stdout).map((line) => JSON.stringify(line));
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = before;
  }
}
