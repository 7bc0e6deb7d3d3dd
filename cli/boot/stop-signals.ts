import { constants } from 'node:os';

const MAX_INTERVAL_MS = 2 ** 31 - 1;

/** Something that is stopped when the program is: parts in the reverse of the order in which they were started. */
export interface Stoppable {
  name: string;
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Stops in order, one after the other, the last started first, and says what it stops. One that fails to stop is said,
 * and does not keep the others.
 */
export async function stopInOrder(started: Stoppable[], say: (line: string) => void): Promise<void> {
  for (const part of [...started].reverse()) {
    say(`Stopping ${part.name}.`);
    try {
      await part.stop();
    } catch (error) {
      say(`${part.name} did not stop in order: ${error instanceof Error ? error.message : String(error)}`);
      part.kill();
    }
  }
}

export interface StopRequest {
  /** Resolves with the first signal. */
  requested: Promise<NodeJS.Signals>;
  /** Stops listening. */
  release(): void;
}

/**
 * Listens for Ctrl-C and SIGTERM. The first asks for an orderly stop, a second ends everything at once by `killNow` and
 * leaves with the code that shells give to a signal.
 */
export function listenForStop(killNow: () => void, say: (line: string) => void): StopRequest {
  let first: ((signal: NodeJS.Signals) => void) | undefined;
  const requested = new Promise<NodeJS.Signals>((resolve) => {
    first = resolve;
  });
  const listener = (signal: NodeJS.Signals) => {
    if (first !== undefined) {
      const resolve = first;
      first = undefined;
      say(signal === 'SIGINT' ? 'Stopping. Ctrl-C again stops at once.' : `Stopping, as asked by ${signal}.`);
      resolve(signal);
      return;
    }
    say('Stopping at once.');
    killNow();
    process.exit(128 + constants.signals[signal]);
  };
  // Listening for a signal does not keep Node running, and a process without embedded parts may have nothing else open.
  const held = setInterval(() => {}, MAX_INTERVAL_MS);
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.on(signal, listener);
  return {
    requested,
    release() {
      clearInterval(held);
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
