import { describe, expect, it } from 'vitest';
import { type LoopOptions, startLoop } from '../../worker/loop.ts';

const LONG_MS = 60_000;

/** A loop whose rounds are counted; `done(n)` resolves after the n-th. */
function counted(options: Partial<LoopOptions> = {}) {
  let rounds = 0;
  const waiting = new Map<number, () => void>();
  const work = async (stopping: AbortSignal) => {
    rounds += 1;
    waiting.get(rounds)?.();
    await options.work?.(stopping);
  };
  const errors: unknown[] = [];
  const loop = startLoop({ everyMs: LONG_MS, onError: (error) => errors.push(error), ...options, work });
  const done = (n: number) => new Promise<void>((resolve) => (n <= rounds ? resolve() : waiting.set(n, resolve)));
  return { loop, errors, done, rounds: () => rounds };
}

describe('a loop', () => {
  it('works at once, again when it is woken, and not after its stop', async () => {
    const { loop, done, rounds } = counted();
    await done(1);
    loop.wake();
    await done(2);
    await loop.stop();
    loop.wake();
    await new Promise(setImmediate);
    expect(rounds()).toBe(2);
  });

  it('works once more for what came while it was at work', async () => {
    const { loop, done } = counted({ work: async () => void (await new Promise(setImmediate)) });
    await done(1);
    loop.wake();
    await done(2);
    await loop.stop();
  });

  it('goes on after an error, and tells of it', async () => {
    let isBroken = true;
    const work = async () => {
      if (isBroken) throw new Error('away');
    };
    const { loop, done, errors } = counted({ work });
    await done(1);
    isBroken = false;
    await done(2);
    expect(errors).toHaveLength(1);
    await loop.stop();
  });

  it('that waits first does nothing when it is stopped before', async () => {
    const { loop, rounds } = counted({ waitsFirst: true });
    await loop.stop();
    expect(rounds()).toBe(0);
  });
});
