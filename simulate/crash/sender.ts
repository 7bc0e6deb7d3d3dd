/** Sends calls as a client does that cannot see whether the product lives, and remembers what was acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import type { PlannedCall } from './traffic.ts';

export interface SenderOptions {
  /** Where the product answers now: after a kill it may be elsewhere. */
  baseUrl: () => string;
  writeKey: string;
  calls: readonly PlannedCall[];
  random: Random;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** Of what was not acknowledged: the rest is given up, as by a browser that was closed. */
const SENT_AGAIN = 0.7;

export class Sender {
  readonly acknowledged = new Set<string>();
  readonly #options: SenderOptions;
  readonly #inFlight = new Set<Promise<void>>();
  #waiting: PlannedCall[];
  #failed: PlannedCall[] = [];
  #playedMs = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#waiting = [...options.calls];
  }

  get isOver(): boolean {
    return this.#waiting.length === 0 && this.#failed.length === 0;
  }

  /** Sends what is due until the time is over or there is no more; then waits for no answer. */
  async play(forMs: number): Promise<void> {
    const begunMs = performance.now() - this.#playedMs;
    const endMs = this.#playedMs + forMs;
    this.#sendAgain();
    while (this.#waiting.length > 0 && this.#playedMs < endMs) {
      this.#playedMs = performance.now() - begunMs;
      while (this.#waiting[0] && this.#waiting[0].afterMs <= this.#playedMs) this.#send(this.#waiting.shift()!);
      await sleep(5);
    }
  }

  /** Resolves when every request has been answered, or has failed. */
  async settle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Sends once more what failed, until all of that is answered; bounded by what the product answers in a while. */
  async finish(attempts = 20): Promise<void> {
    await this.settle();
    for (let n = 0; n < attempts && this.#failed.length > 0; n++) {
      this.#sendAgain();
      await this.settle();
      await sleep(250);
    }
  }

  #sendAgain(): void {
    for (const call of this.#failed.splice(0)) this.#send(call);
  }

  #send(call: PlannedCall): void {
    const sent = this.#post(call).then(
      () => void this.acknowledged.add(call.messageId),
      () => {
        if (this.#options.random.chance(SENT_AGAIN)) this.#failed.push(call);
      },
    );
    this.#inFlight.add(sent);
    void sent.finally(() => this.#inFlight.delete(sent));
  }

  async #post({ call, messageId }: PlannedCall): Promise<void> {
    const { type, ...body } = call;
    const { baseUrl, writeKey } = this.#options;
    const response = await fetch(`${baseUrl()}/v1/${String(type)}`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...body, messageId }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.text();
    if (!response.ok) throw new Error(`answered ${response.status}`);
  }
}
