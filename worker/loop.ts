/** Work that is looked for when something says so, and every so often in case nobody did. */
import { pause, pauseAfter } from './backoff.ts';

export interface LoopOptions {
  /** Does what there is to do now, and returns. Never runs twice at a time. */
  work(): Promise<void>;
  /** A look without a ring. */
  everyMs: number;
  /** Told of what `work` threw. It is tried again after a pause, which rings do not shorten. */
  onError(error: unknown): void;
}

export interface Loop {
  /** There may be something to do. */
  ring(): void;
  /** Ends after the work that is under way. */
  stop(): Promise<void>;
}

export function startLoop({ work, everyMs, onError }: LoopOptions): Loop {
  const stopping = new AbortController();
  let isRung = false;
  let wake = new AbortController();
  const run = async () => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      isRung = false;
      try {
        await work();
        failures = 0;
      } catch (error) {
        failures += 1;
        onError(error);
      }
      wake = new AbortController();
      if (failures > 0) await pause(pauseAfter(failures), stopping.signal);
      else if (!isRung) await pause(everyMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
  };
  const ended = run();
  return {
    ring() {
      isRung = true;
      wake.abort();
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}
