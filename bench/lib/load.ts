/** Runs the load thread once. */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Load } from './load-thread.ts';
import type { Sent } from './requests.ts';

/** `.js` in the build. */
const THREAD = new URL(`./load-thread${extname(import.meta.url)}`, import.meta.url);

/** @throws Error of a request that failed. */
export async function load(options: Load): Promise<Sent> {
  const thread = new Worker(THREAD, { workerData: options });
  const [sent] = (await once(thread, 'message')) as [Sent];
  await thread.terminate();
  return sent;
}
