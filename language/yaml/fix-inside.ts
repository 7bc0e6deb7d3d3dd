/** A part of a text of a YAML file, written over so that its quotes stay its quotes. */
import type { Fix } from '../diagnostics/diagnostics.ts';
import type { Path } from '../syntax.ts';
import { pathKey, type YamlFile } from '../yaml.ts';

/** What ends a bare value, or makes something else of it. */
const NOT_BARE = /: | #|^[!&*?|>@`%"'{[-]|[[\]{},]/;

/**
 * @param range of the file, in a text of one line without escapes
 * @returns undefined where it cannot be said without knowing more of the text
 */
export function fixInside(file: YamlFile, path: Path, [start, end]: [number, number], text: string): Fix | undefined {
  const { start: from, end: to, textStart, plain } = file.spans.get(pathKey(path))!;
  const source = file.source.text;
  // The places of parts in brackets are not always those of the brackets.
  if (openBrackets(source.slice(start, end)) !== openBrackets(text)) return undefined;
  const whole = source.slice(textStart, start) + text + source.slice(end, plain ? to : to - 1);
  if (!plain) return text.includes(source[from]!) || text.includes('\\') ? undefined : { start, end, text };
  const isBare = !NOT_BARE.test(whole) || !NOT_BARE.test(text);
  if (isBare && !NOT_BARE.test(whole.slice(0, 1))) return { start, end, text };
  const quote = ['"', "'"].find((one) => !whole.includes(one));
  if (quote === undefined || whole.includes('\\')) return undefined;
  return { start: from, end: to, text: quote + whole + quote };
}

function openBrackets(text: string): number {
  return text.split('(').length - text.split(')').length;
}
