import type { Environment } from '../environment.ts';
import type { Failure } from '../failure.ts';
import type { Logger } from '../report/log.ts';
import { type DataDir, openDataDir } from './data-dir.ts';
import { type BootOptions, bootParts, type Parts } from './parts.ts';
import { type RunningParts, runningParts } from './running-parts.ts';
import { listenForStop } from './stop-signals.ts';

export interface WithPartsOptions {
  environment: Environment;
  needs: BootOptions['needs'];
  /** Default: CUEBOOK_DATA_DIR. */
  dataDir?: string;
  say: (line: string) => void;
  log: Logger;
  temporalUiPort?: number;
}

export interface HeldParts {
  parts: Parts;
  dataDir: DataDir;
  /** Resolves when the work is to end: at Ctrl-C or SIGTERM, or, with why, when a part was given up. */
  stopRequested: Promise<Failure | undefined>;
}

/**
 * Takes the data folder, boots the parts, does the work, and ends everything in order, however the work ended. For
 * commands that serve until they are stopped: the work waits for `stopRequested` and then ends what it built.
 *
 * @throws whatever booting or the work throws, and the Failure of a part that was given up.
 */
export async function holdingParts<T>(options: WithPartsOptions, work: (held: HeldParts) => Promise<T>): Promise<T> {
  const { environment, needs, say, log } = options;
  const dataDir = await openDataDir(options.dataDir ?? environment.CUEBOOK_DATA_DIR);
  let parts: Parts | undefined;
  const stop = listenForStop(() => parts?.kill(), say);
  try {
    const { temporalUiPort } = options;
    parts = await bootParts({
      environment,
      dataDir,
      needs,
      say,
      log,
      ...(temporalUiPort === undefined ? {} : { temporalUiPort }),
    });
    let givenUp: Failure | undefined;
    const failed = parts.failed.then((failure) => (givenUp = failure));
    const result = await work({
      parts,
      dataDir,
      stopRequested: Promise.race([failed, stop.requested.then(() => undefined)]),
    });
    if (givenUp !== undefined) throw givenUp;
    return result;
  } finally {
    await parts?.stop();
    await dataDir.close();
    stop.release();
  }
}

/**
 * For commands that do one thing and end (`deploy`, `explain`, `events import`): uses the parts of a Cuebook that runs
 * on this data folder, and where none does, boots them for as long as the work lasts.
 */
export async function reachingParts<T>(
  options: WithPartsOptions,
  work: (parts: RunningParts) => Promise<T>,
): Promise<T> {
  const running = await runningParts(options.dataDir ?? options.environment.CUEBOOK_DATA_DIR);
  if (running === undefined) return holdingParts(options, ({ parts }) => work(parts));
  options.say(`Using the parts of the Cuebook that runs as process ${running.pid}.`);
  return work(running);
}
