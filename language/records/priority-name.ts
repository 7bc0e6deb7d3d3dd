import { written } from '../diagnostics/written.ts';
import type { Json } from '../model.ts';

/** By which priorities are told apart: upper and lower case, and blanks around them, make no other (S7, W2). */
export function priorityName(priority: Json): string {
  return written(priority).trim().toLowerCase();
}
