import type { Json } from './model.ts';

/** Whether a value is a map: an object that is no list. */
export function isJsonObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
