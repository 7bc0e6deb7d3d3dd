/** Waiting that can be cut short. */
export interface WakeSignal {
  /** Resolves after so many milliseconds, or when woken; at once where that happened since it last waited. */
  within(ms: number): Promise<void>;
  now(): void;
}

export function waitForWork(): WakeSignal {
  let resolve: (() => void) | undefined;
  // What comes while a round is under way may be too late for it: the next wait is left out then.
  let isWoken = false;
  return {
    async within(ms) {
      if (!isWoken) {
        await new Promise<void>((done) => {
          const timer = setTimeout(done, ms);
          resolve = () => {
            clearTimeout(timer);
            done();
          };
        });
      }
      resolve = undefined;
      isWoken = false;
    },
    now() {
      isWoken = true;
      resolve?.();
    },
  };
}
