/** Where a step stands in its file, by its path in the program. */
import type { Path } from '../../../syntax.ts';

/** Of a step in a list of the playbook itself: `steps.2` → the third entry of `steps`. */
export function stepPlace(path: string): Path {
  return path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
