import type { Json } from './model.ts';

/** True for an object of JSON: neither null nor a list. */
export function isJsonObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
