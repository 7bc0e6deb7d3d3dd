/** Texts of playbooks: Handlebars over a scope, in the reader's zone (Y2). */
import type { Json } from './model.ts';
import { compileText, type Scope, TextError } from './template/compile.ts';
import { BusinessTime, type Reader } from './template/formats.ts';
import { plainLines } from './template/mail/line.ts';
import { MAX_TEXT_BYTES } from './template/names.ts';

export { type RenderedMail, type RenderOptions, renderTemplate } from './template/mail/mail.ts';
export { BusinessTime, type Reader, type Scope, TextError };

/**
 * What a text comes to. One whole `{{ … }}` keeps the value's type, and is null where the value is absent; any other
 * text is a string, in which absent values are empty. Values are not escaped.
 *
 * Throws a TextError where the text is not one that `checkText` lets through, or comes to more than 256 kB.
 */
export function renderText(text: string, scope: Scope, reader: Reader, { lengths = 'numbers' }: Lengths = {}): Json {
  if (!text.includes('{{')) return text;
  const compiled = compileText(text, false);
  if (!compiled.whole) return compiled.render(scope, reader);
  const value = compiled.value(scope, reader);
  if (value === undefined || typeof value === 'function') return null;
  if (value instanceof BusinessTime) return lengths === 'words' ? value.toString() : value.ms;
  const long = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : '';
  if (Buffer.byteLength(long) > MAX_TEXT_BYTES) {
    throw new TextError('text-too-long', `a value came to more than ${MAX_TEXT_BYTES / 1024} kB`);
  }
  return plain(value) as Json;
}

/** What a whole `{{ … }}` of business time comes to (T17): its milliseconds, or words where only a text will read it. */
export interface Lengths {
  lengths?: 'numbers' | 'words';
}

/**
 * As `renderText`, for places that are always read by a person: a task's title, a notification. Always a string, without
 * control characters; one of more than 256 kB is replaced by words that say so.
 */
export function renderString(text: string, scope: Scope, reader: Reader): string {
  if (!text.includes('{{')) return text;
  try {
    return plainLines(compileText(text, false).render(scope, reader));
  } catch (error) {
    if (isTooLong(error)) return TOO_LONG;
    throw error;
  }
}

/** S20: the reader is told that something should stand here; what the step is for happens all the same. */
const TOO_LONG = `(what should stand here came to more than ${MAX_TEXT_BYTES / 1024} kB)`;

/** Whether a text grew past its bound by the values in it: no fault of who wrote it. */
export function isTooLong(error: unknown): boolean {
  return error instanceof TextError && error.code === 'text-too-long';
}

/** What holds business time (`{{ trigger }}`), with its milliseconds: a value is JSON. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (!entries.some(([, member]) => member instanceof BusinessTime)) return value;
  return Object.fromEntries(
    entries.map(([name, member]) => [name, member instanceof BusinessTime ? member.ms : member]),
  );
}
