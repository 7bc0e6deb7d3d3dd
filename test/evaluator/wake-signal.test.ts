import { describe, expect, it } from 'vitest';
import { waitForWork } from '../../evaluator/wake-signal.ts';

const LONG_MS = 60_000;

describe('the evaluator looks as soon as there is something', () => {
  it('wakes in the middle of a wait', async () => {
    const wake = waitForWork();
    const waited = wake.within(LONG_MS);
    wake.now();
    await waited;
  });

  it('does not wait at all for what came while it was at work', async () => {
    const wake = waitForWork();
    wake.now();
    wake.now();
    await wake.within(LONG_MS);
  });

  it('waits again afterwards', async () => {
    const wake = waitForWork();
    wake.now();
    await wake.within(LONG_MS);
    const startMs = performance.now();
    await wake.within(30);
    expect(performance.now() - startMs).toBeGreaterThan(25);
  });
});
