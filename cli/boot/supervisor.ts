import { setTimeout as sleep } from 'node:timers/promises';
import { type BackoffLimits, backoff } from '../../language/time/backoff.ts';
import { Failure, messageOf } from '../failure.ts';

const SAID_LINES = 5;

/** How a child ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Its latest lines of output, oldest first. */
  lastLines: string[];
}

/** Something that runs beside us until it is stopped, or dies. */
export interface Running {
  /** Resolves when it has ended, for whatever reason. Never rejects. */
  exited: Promise<Exit>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface Part<R extends Running> {
  /** As people call it: `PostgreSQL`. */
  name: string;
  /** Starts it once; after a death it is called again, so it must come back at the same address. */
  start(): Promise<R>;
  /** News for people: that it died, why, and when it is tried again. */
  say: (line: string) => void;
  backoff?: Backoff;
  /** Called once when it died too often in a row. Nothing is tried after that. */
  onGiveUp?: (error: Failure) => void;
}

export interface Backoff extends BackoffLimits {
  /** Deaths in a row after which it is given up. */
  attempts: number;
  /** Who lived this long is healthy again: the next death counts as the first. */
  healthyAfterMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 250, maxMs: 30_000, attempts: 10, healthyAfterMs: 60_000 };

export interface Supervised<R extends Running> {
  name: string;
  /** The one that runs now, or ran last. */
  current(): R;
  /** Ends it in order, and its supervision. */
  stop(): Promise<void>;
  /** Ends it at once, and its supervision. */
  kill(): void;
}

/**
 * Starts a part, and starts it again, after a growing pause, whenever it dies before it is stopped.
 *
 * @throws whatever its first start throws: that one is not repeated, since nothing is lost yet by saying so.
 */
export async function supervise<R extends Running>(part: Part<R>): Promise<Supervised<R>> {
  const limits = part.backoff ?? DEFAULT_BACKOFF;
  const pauseMsAfter = backoff(limits);
  const stopping = new AbortController();
  let current = await part.start();
  const watch = async () => {
    for (let deaths = 0; ; ) {
      const startedAt = Date.now();
      const exit = await current.exited;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt >= limits.healthyAfterMs) deaths = 0;
      let reason = describeExit(exit);
      for (let started = false; !started; ) {
        deaths += 1;
        if (deaths > limits.attempts) return giveUp(part, reason, limits);
        const pauseMs = pauseMsAfter(deaths);
        part.say(
          `${part.name} died: ${reason}. Starting it again in ${pauseMs / 1000} s (${deaths}/${limits.attempts}).`,
        );
        await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted) return;
        try {
          current = await part.start();
          started = true;
        } catch (error) {
          if (stopping.signal.aborted) return;
          reason = messageOf(error);
        }
      }
      // It may have been stopped while it was starting.
      if (stopping.signal.aborted) return void (await current.stop());
      part.say(`${part.name} runs again.`);
    }
  };
  const watching = watch();
  return {
    name: part.name,
    current: () => current,
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
    },
    kill() {
      stopping.abort();
      current.kill();
    },
  };
}

function giveUp<R extends Running>(part: Part<R>, reason: string, limits: Backoff): void {
  const error = new Failure(
    'PART_GIVEN_UP',
    `${part.name} died ${limits.attempts + 1} times in a row, the last time so: ${reason}.`,
    'See why in its last lines, mend that, and start again.',
  );
  part.say(error.message);
  part.onGiveUp?.(error);
}

/** `exit code 1; its last lines: …` */
export function describeExit(exit: Exit): string {
  const how = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
  const lines = exit.lastLines.slice(-SAID_LINES).map((line) => `\n    ${line}`);
  return lines.length === 0 ? how : `${how}; its last lines:${lines.join('')}\n `;
}
