/** Equal calls with neither a messageId nor a timestamp: what comes within a second of the first is a repeat (semantics E2). */

const REPEAT_WITHIN_MS = 1_000;
/** More do not come within a second; bounds what is remembered. */
const MAX_KNOWN = 50_000;

/**
 * Tells calls apart by when they come, by their hash: the second in which they came, and of one that follows within a
 * second, the same as of the first. What another process took is known by the second alone.
 *
 * @param nowMs in real time: a sender that tries again does not know of a warped clock
 */
export function moments(nowMs: () => number): (hash: string) => number {
  const known = new Map<string, { firstMs: number; second: number }>();
  return (hash) => {
    const now = nowMs();
    const before = known.get(hash);
    if (before !== undefined && now - before.firstMs < REPEAT_WITHIN_MS && now >= before.firstMs) return before.second;
    // The oldest comes first: a hash is written anew where it is seen anew.
    known.delete(hash);
    for (const [old, { firstMs }] of known) {
      if (now - firstMs < REPEAT_WITHIN_MS && known.size < MAX_KNOWN) break;
      known.delete(old);
    }
    // Never the second of the one before, which came longer ago than a second although the clock stands still.
    const second = Math.max(Math.floor(now / REPEAT_WITHIN_MS), (before?.second ?? 0) + 1);
    known.set(hash, { firstMs: now, second });
    return second;
  };
}
