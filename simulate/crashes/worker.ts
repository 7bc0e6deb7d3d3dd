/** A thread that plays the drawn playbooks of one seed after the other. */
import { parentPort } from 'node:worker_threads';
import { drawnWorkspace } from './compile.ts';
import { checkCrashes, type Share } from './virtual.ts';

parentPort?.on('message', async (share: Share) => {
  try {
    parentPort!.postMessage({ checked: checkCrashes(await drawnWorkspace(share.seed), share) });
  } catch (error) {
    parentPort!.postMessage({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
