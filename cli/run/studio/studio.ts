/** What the server's editing routes ask of a folder of playbooks: read here, compiled and run in processes beside it. */
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import type { BacktestTold } from '../../../server/api/contract/backtest.ts';
import { Refused, type Studio, type StudioFile } from '../../../server/api/editing/studio.ts';
import { packageFolder } from '../../package-version.ts';
import { playbooksAmong, shippedFiles } from '../../playbooks/begin/shipped.ts';
import { shownAs } from '../../playbooks/target.ts';
import { baseOf } from '../../playbooks/with-drafts.ts';
import type { Ground, Job } from './job.ts';
import { JobLost, JobProcesses } from './processes.ts';

const LINT_MS = 30_000;
const TEST_MS = 120_000;
/** Events of a month are replayed twice. */
const PLAN_MS = 15 * 60_000;
/** A deployment waits for the round that is under way; its own limits are shorter. */
const DEPLOY_MS = 180_000;

/** Codes of failures that say that something has moved. */
const MOVED = new Set(['PLAN_MOVED', 'DRAFT_OUTDATED']);

type Said = (said: unknown) => void;

/** @param script of the process beside it, compiled; default: the one of this package */
export async function studioOf(ground: Ground, script?: string): Promise<Studio> {
  const processes = new JobProcesses(script ?? (await compiledScript()), ground);
  const folder = resolve(ground.folder);
  const ask = async <T>(job: Job, limitMs: number, signal: AbortSignal, onSaid?: Said): Promise<T> => {
    const told = await processes.run(job, { limitMs, signal, ...(onSaid && { onSaid }) }).catch((error: unknown) => {
      throw error instanceof JobLost ? new Refused(KINDS[error.why], WORDS[error.why]) : error;
    });
    if ('result' in told) return told.result as T;
    const { code, message, hint, isOwn } = told.failure;
    if (!isOwn) throw new Error(message);
    throw new Refused(MOVED.has(code) ? 'moved' : 'faulty', `${message} ${hint}`);
  };
  return {
    folder: shownAs(folder) || '.',
    baseOf,
    readFiles: () => readFiles(folder),
    shipped: async () => playbooksAmong(await shippedFiles()),
    schema: async (signal) => (await ask<{ schema: object }>({ kind: 'schema' }, LINT_MS, signal)).schema,
    adopt: async (given, signal) =>
      (await ask<{ files: StudioFile[] }>({ kind: 'adopt', ...given }, TEST_MS, signal)).files,
    lint: (given, signal) => ask({ kind: 'lint', ...given }, LINT_MS, signal),
    test: (given, signal) => ask({ kind: 'test', ...given }, TEST_MS, signal),
    plan: (given, signal) => ask({ kind: 'plan', ...given }, PLAN_MS, signal),
    deploy: (given, signal) => ask({ kind: 'deploy', ...given }, DEPLOY_MS, signal),
    backtest: (given, { signal, onTold }) =>
      ask({ kind: 'backtest', ...given }, PLAN_MS, signal, (said) => onTold(said as BacktestTold)),
    close: () => processes.close(),
  };
}

const KINDS = { stopped: 'away', slow: 'slow', busy: 'busy', ended: 'away' } as const;
const WORDS = {
  stopped: 'It was stopped.',
  slow: 'It took longer than it may, and was stopped.',
  busy: 'More is being compiled and tested than this server does at once. Try again in a moment.',
  ended: 'The process that does this ended. What it was to do may not be done: look at it again.',
} as const;

async function readFiles(folder: string): Promise<StudioFile[]> {
  return (await loadFolder(folder).catch(() => ({ files: [] }))).files;
}

/** Beside this file in the build; from sources the build's. */
async function compiledScript(): Promise<string> {
  const own = fileURLToPath(new URL('./process.js', import.meta.url));
  return extname(import.meta.url) === '.js' ? own : join(await packageFolder(), 'dist/cli/run/studio/process.js');
}
