/** Runs the parts of a backtest at once, each in a thread of its own, so that the caller can still be stopped. */
import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { type PartOptions, type PartResult, runPart } from './part.ts';
import type { Said } from './thread.ts';

/** `.js` in the build. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

/** A part's heap, at most: what a run keeps grows with its subjects. */
const MAX_HEAP_MB = 2_048;
/** Most of what a look makes is gone after it: a large nursery spares copying it. */
const NURSERY_MB = 48;
/** Between two collections the heap grows by this share, not to its fourfold: a tenth more work for half the memory. */
const GROWING_PERCENT = 30;

export interface Running {
  /** A history of an instant: starting a thread would take longer than running it here. */
  isSmall: boolean;
  onProgress(part: number, set: number, events: number): void;
}

/** For the whole process, and early: what has grown by then stays until the end. */
export function holdHeapLow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}

/**
 * @returns the result of each part, in their order
 * @throws what a part threw; the others are stopped
 */
export async function runParts(parts: readonly PartOptions[], running: Running): Promise<PartResult[]> {
  const [only, ...more] = parts;
  if (only && more.length === 0 && running.isSmall) {
    return [runPart(only, (set, events) => running.onProgress(0, set, events))];
  }
  const workers: Worker[] = [];
  try {
    return await Promise.all(
      parts.map((part, n) => {
        const worker = new Worker(THREAD, {
          workerData: part,
          resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: NURSERY_MB },
        });
        workers.push(worker);
        return resultOf(worker, (set, events) => running.onProgress(n, set, events));
      }),
    );
  } finally {
    for (const worker of workers) await worker.terminate();
  }
}

function resultOf(worker: Worker, onProgress: (set: number, events: number) => void): Promise<PartResult> {
  return new Promise((resolve, reject) => {
    worker.on('message', (said: Said) => {
      if ('result' in said) resolve(said.result);
      else onProgress(said.progress.set, said.progress.events);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread of the backtest ended with ${code} before its result`)));
  });
}
