/** Whether an expression looks beyond the event, to records or to what depends on a record's zone. */
import type { Expression } from '../../language/model.ts';

const BESIDE_RECORDS = new Set(['event', 'trigger', 'now']);

export function readsRecords(expression: Expression | undefined): boolean {
  if (!expression) return false;
  return expression.timed || expression.reads.some((path) => !BESIDE_RECORDS.has(path.split('.')[0]!));
}
