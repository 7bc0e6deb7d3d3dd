/** Waiting that can be cut short. */
export interface Wake {
  /** Resolves after so many milliseconds, or when woken. */
  within(ms: number): Promise<void>;
  now(): void;
}

export function waitForWork(): Wake {
  let resolve: (() => void) | undefined;
  return {
    within(ms) {
      return new Promise((done) => {
        const timer = setTimeout(finish, ms);
        function finish() {
          clearTimeout(timer);
          resolve = undefined;
          done();
        }
        resolve = finish;
      });
    },
    now() {
      resolve?.();
    },
  };
}
