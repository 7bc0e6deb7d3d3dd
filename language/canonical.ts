/** The canonical form of JSON, and its hash: what makes two versions the same (V1). */
import { createHash } from 'node:crypto';

/**
 * Canonical JSON after RFC 8785: keys sorted by UTF-16 units, no blanks, numbers as JavaScript writes them. Keys without
 * a value are left out. Lists keep their order.
 * @throws TypeError for what is no JSON: functions, big integers, numbers that are not finite
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} (${String(value)}) is no JSON`);
  const fields: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const field = (value as { [key: string]: unknown })[key];
    if (field !== undefined) fields.push(`${JSON.stringify(key)}:${canonical(field)}`);
  }
  return `{${fields.join(',')}}`;
}

/** SHA-256 over the canonical form, in hexadecimal digits. */
export function canonicalHash(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}
