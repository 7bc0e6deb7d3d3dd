import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf } from '../../failure.ts';
import { type RunningChild, startChild } from '../child.ts';
import { freePort } from '../ports.ts';
import { makePrivateFiles, makePrivateFolder } from '../private-files.ts';
import type { Running } from '../supervisor.ts';
import type { TemporalBinary } from './binary.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 50;
const CONNECT_TIMEOUT_MS = 2_000;

export interface TemporalOptions {
  binary: TemporalBinary;
  /** Where its pid file lies. */
  runFolder: string;
  /** Where it keeps its workflows. Without one they are lost when it ends. */
  databaseFile?: string;
  /** Default: a free one. */
  port?: number;
  /** Of Temporal's own web UI. Without one there is none. */
  uiPort?: number;
  /** Default: `default`. */
  namespace?: string;
  onLine?: (line: string) => void;
}

export interface RunningTemporal extends Running {
  /** `127.0.0.1:7233` */
  address: string;
  port: number;
  namespace: string;
}

/**
 * Starts Temporal's dev server on 127.0.0.1 and waits until its namespace answers.
 *
 * @throws Failure when it ends or stays silent.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const port = options.port ?? (await freePort());
  const namespace = options.namespace ?? 'default';
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  if (options.uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(options.uiPort));
  if (namespace !== 'default') args.push('--namespace', namespace);
  if (options.databaseFile !== undefined) {
    await makePrivateFolder(dirname(options.databaseFile));
    args.push('--db-filename', options.databaseFile);
  }
  const child = await startChild({
    name: 'The Temporal server',
    command: options.binary.path,
    args,
    pidFile: join(options.runFolder, 'temporal.pid'),
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  });
  const address = `127.0.0.1:${port}`;
  const reason = await whenReady(child, address, namespace);
  if (reason === undefined) {
    const database = options.databaseFile;
    if (database !== undefined) await makePrivateFiles([database, `${database}-wal`, `${database}-shm`]);
    return { ...child, address, port, namespace };
  }
  await child.stop();
  throw new Failure(
    'TEMPORAL_NOT_STARTED',
    `The Temporal server ${options.binary.path} did not start: ${reason}. Its last lines:\n${child.tail().join('\n')}`,
    'See what they say, or name a Temporal server of your own in TEMPORAL_ADDRESS.',
  );
}

/** Undefined when the namespace answers, else why it does not. */
async function whenReady(child: RunningChild, address: string, namespace: string): Promise<string | undefined> {
  // Loaded only where a server is started: the client is the slowest import of the command line.
  const { Connection } = await import('@temporalio/client');
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  let reason = 'it did not answer in time';
  const giveUpAt = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < giveUpAt) {
    if (ended) return 'it ended';
    try {
      const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
      try {
        await connection.workflowService.describeNamespace({ namespace });
        return undefined;
      } finally {
        await connection.close();
      }
    } catch (error) {
      reason = messageOf(error);
      await sleep(READY_POLL_MS);
    }
  }
  return reason;
}
