/** Plays many histories side by side: live on one store, and in virtual time; every history is of people of its own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { createActivities } from '../../activities/journey.ts';
import { openMailer } from '../../activities/mail/transport.ts';
import { readFiles } from '../../cli/backtest/read-files.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { runEvaluator } from '../../evaluator/evaluator.ts';
import { parseCall } from '../../events/parse-call.ts';
import type { CompiledWorkspace, WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import { IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { run } from '../../simulate/run/run.ts';
import type { RunLine } from '../../simulate/run/types.ts';
import { type History, inOrder, named, START, UNIT_MS } from '../../simulate/worlds/world.ts';
import { appendEvents } from '../../store/events/events.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { smtpServer } from '../mail/servers.ts';
import { silent } from '../support/evaluation.ts';
import { JourneysByHand } from '../support/journeys-by-hand.ts';
import { nextDue } from '../support/next-due.ts';
import { testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

/** No deadline falls on it. */
export const UNTIL: Instant = START + 60 * UNIT_MS + 4_321;
const AS_SENT = { source: 'import', history: false } as const;

export type World = CompiledWorkspace & { files: readonly WorkspaceFile[] };

export const nameOf = (n: number): string => `h${String(n).padStart(5, '0')}`;

/** The file that tells the histories, in E4's order. */
export async function writtenFile(histories: readonly History[]): Promise<string> {
  const file = join(await makeTempFolder(), 'history.ndjson');
  const all = histories.flatMap((history, n) => inOrder(named(history, nameOf(n))));
  await writeFile(file, all.map(({ call }) => `${JSON.stringify(call)}\n`).join(''));
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

/** A live system without Temporal: PostgreSQL, the evaluator, the activities and a mail server, on a stepped clock. */
export interface LiveWorld extends AsyncDisposable {
  database: Database;
  url: string;
  /** Sends each request, lets it be consumed, and steps the clock through all that is due until the end. */
  play(histories: readonly History[]): Promise<void>;
}

const MAX_ROUNDS = 200;

export async function startWorld({ versions, workspace: { settings, people } }: World): Promise<LiveWorld> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  const server = await smtpServer({});
  const mailer = openMailer({ url: server.url, timeoutMs: 2_000 });
  await setClock(database, { mode: 'stepped', at: START - 1 });
  const listened = [...buildProgram(versions, settings).names];
  await deploy(database, { versions, surroundings: { settings, people }, listened });
  const evaluator = runEvaluator({ database, log: silent });
  const activities = createActivities({
    database,
    mailer,
    watermark: openWatermark(database),
    secret: 's',
    publicUrl: 'https://cuebook.example',
    log: pino({ level: 'silent' }),
  });
  const journeys = new JourneysByHand(database, versions, activities);
  let now = START - 1;
  const stepTo = async (to: Instant) => {
    if (to <= now) return;
    await stepClock(database.pool, (now = to));
    await evaluator.idle();
  };
  /** An instant has been passed when the clock stands behind it. */
  const settle = async () => {
    for (let round = 0, moved = true; moved && round < MAX_ROUNDS; round++) {
      await stepTo(now + 1);
      moved = await journeys.move(now);
      await evaluator.idle();
    }
  };
  const passUntil = async (end: Instant) => {
    for (let due = await nextDue({ database }); due !== undefined && due < end; due = await nextDue({ database })) {
      await stepTo(due);
      await settle();
    }
  };
  return {
    database,
    url,
    async play(histories) {
      const arrivals = histories.flatMap((history, n) => named(history, nameOf(n)));
      const instants = [...new Set(arrivals.map(({ sentAt }) => sentAt))].sort((a, b) => a - b);
      for (const instant of instants) {
        await passUntil(instant);
        await stepTo(instant);
        const come = arrivals.filter(({ sentAt }) => sentAt === instant);
        for (const cut of [...new Set(come.map((one) => one.cut))].sort((a, b) => a - b)) {
          await appendEvents(
            database,
            come.filter((one) => one.cut === cut).map(({ call }) => parseCall(call, AS_SENT).event),
          );
          await evaluator.idle();
        }
        await settle();
      }
      await passUntil(UNTIL);
      await stepTo(UNTIL);
    },
    async [Symbol.asyncDispose]() {
      await evaluator.stop();
      await mailer.close();
      await server.close();
      await database.close();
      await drop();
    },
  };
}
