/** P5: how long a message waits for its provider, and when it is tried. */
import { expect, it } from 'vitest';
import type { MessageClass } from '../../../language/syntax.ts';
import { type ProviderWait, redeliver } from '../../../steps/redelivery.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;

/** Tries at each moment at which one is due, until it is over. */
function triedAlways(messageClass: MessageClass) {
  const atSeconds: number[] = [];
  let wait: ProviderWait | undefined;
  for (let now = 5 * SECOND; ; ) {
    atSeconds.push((now - 5 * SECOND) / SECOND);
    const after = redeliver({ messageClass, code: 'connection', now, ...(wait && { wait }) });
    if ('over' in after) return { atSeconds, over: after.over, hours: (now - 5 * SECOND) / HOUR, wait: wait! };
    wait = after.wait;
    now = wait.nextAt;
  }
}

it('after 10 s, doubling up to 15 min, for a day; then it fails', () => {
  const { atSeconds, over, hours, wait } = triedAlways('transactional');
  expect(atSeconds.slice(0, 9)).toEqual([0, 10, 30, 70, 150, 310, 630, 1270, 2170]);
  expect([over, Math.floor(hours), wait.since, wait.tries, wait.code]).toEqual([
    'failed',
    24,
    5 * SECOND,
    102,
    'connection',
  ]);
  expect(triedAlways('internal').over).toBe('failed');
});

it('marketing for three days; then it is of no use', () => {
  const { over, hours } = triedAlways('marketing');
  expect([over, Math.floor(hours)]).toEqual(['not_useful', 72]);
});
