/** Work that is done when something wakes it, and every so often in case nothing did. */
import { waitForWork } from '../evaluator/wake-signal.ts';
import { pause, pauseAfter } from './backoff.ts';

export interface LoopOptions {
  /** Does what there is to do now, and returns; soon, when the signal is given. Never runs twice at a time. */
  work(stopping: AbortSignal): Promise<void>;
  everyMs: number;
  /** True where the first work has `everyMs` too; otherwise it is done at once. */
  waitsFirst?: boolean;
  /** Told of what `work` threw. It is tried again after a pause, which `wake` does not shorten. */
  onError(error: unknown): void;
}

export interface Loop {
  /** There may be something to do. */
  wake(): void;
  /** Ends after the work that is under way. */
  stop(): Promise<void>;
}

export function startLoop({ work, everyMs, waitsFirst = false, onError }: LoopOptions): Loop {
  const stopping = new AbortController();
  const signal = waitForWork();
  const run = async () => {
    if (waitsFirst) await signal.within(everyMs);
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        await work(stopping.signal);
        failures = 0;
        await signal.within(everyMs);
      } catch (error) {
        failures += 1;
        onError(error);
        await pause(pauseAfter(failures), stopping.signal);
      }
    }
  };
  const ended = run();
  return {
    wake: () => signal.now(),
    async stop() {
      stopping.abort();
      signal.now();
      await ended;
    },
  };
}
