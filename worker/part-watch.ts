/** Whether a part that others run answers: said once when it does not, once a minute while it does not, and when it does again. */
import type { Logger } from 'pino';
import { type Loop, startLoop } from './loop.ts';

export type PartName = 'postgresql' | 'temporal' | 'mail';

export interface PartState {
  part: PartName;
  up: boolean;
}

export interface PartWords {
  away: string;
  back: string;
}

const AGAIN_MS = 60_000;

export class PartWatch {
  readonly part: PartName;
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  readonly #words: PartWords;
  readonly #nowMs: () => number;
  #awaySinceMs: number | undefined;
  #saidMs = Number.NEGATIVE_INFINITY;
  #silenced = 0;

  /** @param nowMs real time that only goes forward */
  constructor(part: PartName, words: PartWords, log: Pick<Logger, 'warn' | 'info'>, nowMs = () => performance.now()) {
    this.part = part;
    this.#words = words;
    this.#log = log;
    this.#nowMs = nowMs;
  }

  get up(): boolean {
    return this.#awaySinceMs === undefined;
  }

  get state(): PartState {
    return { part: this.part, up: this.up };
  }

  /** It was asked, and did not answer. @param reason without a person's data */
  failed(reason: string): void {
    const nowMs = this.#nowMs();
    const isNew = this.#awaySinceMs === undefined;
    this.#awaySinceMs ??= nowMs;
    if (!isNew && nowMs - this.#saidMs < AGAIN_MS) {
      this.#silenced += 1;
      return;
    }
    const awaySeconds = Math.round((nowMs - this.#awaySinceMs) / 1_000);
    this.#log.warn({ part: this.part, reason, awaySeconds, silenced: this.#silenced }, this.#words.away);
    this.#saidMs = nowMs;
    this.#silenced = 0;
  }

  answered(): void {
    if (this.#awaySinceMs === undefined) return;
    const awaySeconds = Math.round((this.#nowMs() - this.#awaySinceMs) / 1_000);
    this.#awaySinceMs = undefined;
    this.#silenced = 0;
    this.#log.info({ part: this.part, awaySeconds }, this.#words.back);
  }
}

/** What is asked has this long to answer. */
export const PROBE_WITHIN_MS = 5_000;
const PROBE_EVERY_MS = 2_000;

/** @param ask rejects when it is away, by itself after `PROBE_WITHIN_MS` */
export function startProbe(watch: PartWatch, ask: () => Promise<unknown>): Loop {
  const work = async () => {
    try {
      await ask();
    } catch (error) {
      watch.failed(reasonOf(error));
      return;
    }
    watch.answered();
  };
  return startLoop({ work, everyMs: PROBE_EVERY_MS, waitsFirst: true, onError: () => undefined });
}

/** Of whatever was thrown its first line, and its code: what a person reads, without a stack. */
export function reasonOf(error: unknown): string {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  // gRPC's client says what happened in the cause.
  const inner =
    cause instanceof Error && typeof message === 'string' && message.length < 40 ? `: ${cause.message}` : '';
  const text = `${typeof message === 'string' && message !== '' ? message : String(error)}${inner}`.split('\n')[0]!;
  const short = text.slice(0, 300);
  return typeof code === 'string' && !short.includes(code) ? `${code}: ${short}` : short;
}
