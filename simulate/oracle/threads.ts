/** Threads that play tasks, as many at a time as there are cores. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Checked } from './check.ts';
import type { Report, Task } from './worker.ts';

export type Played = Checked | { failed: string };

/** A thread of a build: its own copy of every module, from the folder in which the build lies. */
export class Thread {
  readonly #worker: Worker;
  #done: ((played: Played) => void) | undefined;
  #onPlayed: (histories: number) => void = () => {};

  /** @param file the build's `simulate/oracle/worker.js` */
  constructor(file: URL) {
    this.#worker = new Worker(file);
    this.#worker.on('message', (report: Report) => {
      if (report.kind === 'played') this.#onPlayed(report.histories);
      else this.#end(report.kind === 'checked' ? report.checked : { failed: report.reason });
    });
    this.#worker.on('error', (error) => this.#end({ failed: error instanceof Error ? error.message : String(error) }));
    this.#worker.on('exit', () => this.#end({ failed: 'the thread ended before its task' }));
  }

  /** One task at a time. @param mostMs after so long it counts as failed, and the thread is ended. */
  play(task: Task, mostMs: number, onPlayed: (histories: number) => void = () => {}): Promise<Played> {
    this.#onPlayed = onPlayed;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end({ failed: `no answer within ${mostMs} ms` }), mostMs);
      this.#done = (played) => {
        clearTimeout(timer);
        resolve(played);
      };
      this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(played: Played): void {
    this.#done?.(played);
    this.#done = undefined;
  }
}

/** Runs one worker per core over the items; each takes the next item when it is done with one. */
export async function onEveryCore<T>(
  items: readonly T[],
  work: (item: T, core: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const cores = Math.min(availableParallelism(), items.length);
  const core = async (number: number): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item, number);
  };
  await Promise.all(Array.from({ length: cores }, (_, number) => core(number)));
}
