/** The node of an effect, as most steps compile to it; the compiler puts the step's own `retry` and `on_error` in. */
import type { JourneyNode } from '../language/model.ts';

/** S18: five attempts from 10 s doubling, then `exit`. */
export function effectNode(path: string, { leaves }: { leaves: boolean }): JourneyNode & { op: 'do' } {
  return { op: 'do', path, leaves, retry: { attempts: 5, backoffMs: 10_000 }, onError: 'exit' };
}
