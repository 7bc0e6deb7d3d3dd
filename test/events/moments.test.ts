/** Two equal calls without a messageId and a timestamp: within a second a repeat, a day later two events (E2). */
import { describe, expect, it } from 'vitest';
import { moments } from '../../events/moments.ts';
import { parseCall } from '../../events/parse-call.ts';

const DAY_MS = 86_400_000;
const CALL = { type: 'track', event: 'cart.updated', userId: 'ada', properties: { cart: 'c1' } };

function sender(startMs = Date.parse('2026-03-02T10:00:00.950Z')) {
  const clock = { nowMs: startMs };
  const moment = moments(() => clock.nowMs);
  const idOf = (call: object = CALL) => parseCall(call, { source: 'web', moment }).event.messageId;
  return { clock, idOf };
}

describe('equal calls with neither an id nor a timestamp', () => {
  it('within a second of the first are one, also over the turn of a second', () => {
    const { clock, idOf } = sender();
    const first = idOf();
    clock.nowMs += 999;
    expect(idOf()).toBe(first);
    clock.nowMs += 1;
    expect(idOf()).not.toBe(first);
  });

  it('a day later are two', () => {
    const { clock, idOf } = sender();
    const first = idOf();
    clock.nowMs += DAY_MS;
    expect(idOf()).not.toBe(first);
  });

  it('are told apart by what they say', () => {
    const { idOf } = sender();
    expect(idOf({ ...CALL, properties: { cart: 'c2' } })).not.toBe(idOf());
  });

  it('another process that takes the repeat in the same second gives it the same id', () => {
    const at = Date.parse('2026-03-02T10:00:00.100Z');
    expect(sender(at).idOf()).toBe(sender(at + 500).idOf());
  });

  it('where a clock was set back, nothing new takes the id of what was', () => {
    const { clock, idOf } = sender();
    const first = idOf();
    clock.nowMs -= 5_000;
    expect(idOf()).not.toBe(first);
  });
});

describe('what says who it is stays what it is', () => {
  it('a timestamp, or an id, makes one event of it whenever it comes', () => {
    const { clock, idOf } = sender();
    const stamped = { ...CALL, timestamp: '2026-03-02T09:00:00Z' };
    const first = idOf(stamped);
    clock.nowMs += DAY_MS;
    expect(idOf(stamped)).toBe(first);
    expect(idOf({ ...CALL, messageId: 'm1' })).toBe('m1');
  });

  it('what is remembered is bounded, and of the last second all', () => {
    const { clock, idOf } = sender();
    const first = idOf();
    clock.nowMs += 500;
    for (let n = 0; n < 1_000; n++) idOf({ ...CALL, properties: { cart: `c-${n}` } });
    expect(idOf()).toBe(first);
  });
});
