/** Many values as a parameter, without holding the event loop while they are written out. */
import { breathe } from './breathe.ts';

/** Values as JSON, in the notation of PostgreSQL for a `text[]`: what `pg` makes of a list, but in pieces. */
export async function jsonTexts(values: readonly unknown[]): Promise<string> {
  const texts: string[] = [];
  for (const value of values) {
    texts.push(`"${JSON.stringify(value).replace(/["\\]/g, '\\$&')}"`);
    await breathe();
  }
  return `{${texts.join(',')}}`;
}
