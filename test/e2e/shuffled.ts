/** Plays a history into a real store out of order, and compares what was fired with a backtest of what then is stored. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { randomOf } from '../../simulate/random.ts';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import type { Evaluation } from '../support/evaluation.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import type { Sent } from './every-condition.ts';

/** What is sent within this time of the beginning comes in time: who there is, and whose they are. */
const KNOWN_MS = 1_000;

/** What makes two firings the same one (N3): playbook, subject and key, instant, last evidence. */
export interface Fired {
  who: string;
  at: string;
  last: string | undefined;
}

/** An instance of a clock is numbered in the order in which it was first seen (T10): live that is the order of arrival. */
type Firing = { playbook: string; subject: string; key: string; at: string; evidence: readonly string[] };

function firedOf({ playbook, subject, key, at, evidence }: Firing): Fired {
  return { who: `${playbook} ${subject} ${key.replace(/#\d+$/, '#')}`, at, last: evidence.at(-1) };
}

/** Some of the events come later than they happened, by less than a bound. */
export function shuffled(history: readonly Sent[], seed: number, mostMs: number, share: number): Sent[] {
  const random = randomOf(seed, 'delays');
  const first = history[0]!.at;
  return history
    .map((one) => {
      const isLate = !one.inTime && one.at > first + KNOWN_MS && random.chance(share);
      return isLate ? { ...one, sentAt: one.at + Math.floor(random.next() * mostMs) } : one;
    })
    .sort((a, b) => a.sentAt - b.sentAt);
}

/** Sends each event when it comes, some together, and lets the evaluator come to rest in between. */
export async function playInto(
  evaluation: Evaluation,
  sent: readonly Sent[],
  seed: number,
  end: Instant,
): Promise<void> {
  const random = randomOf(seed, 'batches');
  const first = sent.filter((one) => one.at <= sent[0]!.at + KNOWN_MS).length;
  for (let next = 0; next < sent.length; ) {
    const batch = sent.slice(next, next + (next === 0 ? first : random.int(1, 12)));
    next += batch.length;
    await evaluation.step(isoInstant(batch.at(-1)!.sentAt));
    await evaluation.send(...batch.map(({ event, at }) => ({ ...event, at: isoInstant(at) })));
    // What is sent together is also consumed together; or else the clock goes on first.
    if (random.chance(0.7)) await evaluation.evaluator.idle();
  }
  await evaluation.step(isoInstant(end));
}

/** Firings as the live system has them: those that stand, and those that stand for another one (E5). */
export interface Lived {
  standing: Fired[];
  moved: Fired[];
}

export async function livedFirings({ database }: Evaluation): Promise<Lived> {
  const { rows } = await database.pool.query(
    `SELECT playbook, subject_id AS subject, key, at, evidence, moved FROM firings WHERE undone_by IS NULL OR moved`,
  );
  const fired = (row: (typeof rows)[number]): Fired => firedOf({ ...row, at: isoInstant(row.at) });
  return { standing: rows.filter((row) => !row.moved).map(fired), moved: rows.filter((row) => row.moved).map(fired) };
}

/** The same playbooks over the stored events. */
export async function backtested(
  evaluation: Evaluation,
  files: readonly WorkspaceFile[],
  end: Instant,
): Promise<Fired[]> {
  const folder = await makeTempFolder();
  for (const { path, text } of files) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const before = process.env.DATABASE_URL;
  process.env.DATABASE_URL = evaluation.url;
  try {
    const to = isoInstant(end);
    const { stdout, stderr, code } = await cuebook(
      'backtest',
      folder,
      '--store',
      '--json',
      '--only',
      'firing',
      '--to',
      to,
    );
    if (code !== 0) throw new Error(`the backtest ended with ${code}: ${stderr}`);
    return jsonLines(stdout)
      .filter((line) => line.type === 'firing')
      .map(({ playbook, subject, key, at, evidence }) => firedOf({ playbook, subject, key, at, evidence } as Firing));
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = before;
  }
}

export interface Difference {
  /** Live, and in no backtest. */
  more: string[];
  /** In the backtest alone, and nothing that was moved stands for it. */
  missing: string[];
}

export function compared(live: Lived, backtest: readonly Fired[]): Difference {
  const words = ({ who, at, last }: Fired) => `${who} ${at} by ${last ?? 'time'}`;
  const lived = new Set(live.standing.map(words));
  const tested = new Set(backtest.map(words));
  const moved = live.moved.map(({ who }) => who);
  const missing = backtest.filter((fired) => {
    if (lived.has(words(fired))) return false;
    // One that moved stands for one, of its own (playbook, subject, key).
    const standsFor = moved.indexOf(fired.who);
    if (standsFor >= 0) moved.splice(standsFor, 1);
    return standsFor < 0;
  });
  return { more: [...lived].filter((line) => !tested.has(line)).sort(), missing: missing.map(words).sort() };
}
