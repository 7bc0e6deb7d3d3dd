/** Placeholders that are none: one brace for two, and those of other tools. They would go out as they stand. */
import type { Fault } from '../parse/parse.ts';

const NAME = String.raw`[A-Za-z_]\w*(?:\.\w+)*`;
/** `{ contact.name }`, but no part of `{{ … }}` or `${…}`. */
const ONE_BRACE = new RegExp(String.raw`(?<![{$])\{\s*(${NAME})\s*\}(?!\})`, 'g');
const DOLLAR = new RegExp(String.raw`\$\{\s*(${NAME})\s*\}`, 'g');
const LIQUID = /\{%[^{}%]*%\}/g;
const MERGE_TAG = /\*\|[A-Z0-9_:]+\|\*|%[A-Z][A-Z_]{2,}%|\[\[\s*[\w.]+\s*\]\]/g;

/** One warning a placeholder, with offsets into `text`. @param roots the names that the text sees */
export function foreignPlaceholders(text: string, roots: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  const tell = ({ index, 0: found }: RegExpMatchArray, hint: string) =>
    faults.push({
      code: 'CB416',
      severity: 'warning',
      message: `\`${found}\` goes out as it stands`,
      start: index!,
      end: index! + found.length,
      hint,
    });
  for (const match of text.matchAll(ONE_BRACE)) {
    const name = match[1]!;
    if (roots.includes(name.split('.')[0]!)) tell(match, `a value has two braces: {{ ${name} }}`);
  }
  for (const match of text.matchAll(DOLLAR)) tell(match, `write {{ ${match[1]} }}`);
  for (const match of text.matchAll(LIQUID)) tell(match, 'write {{#if contact.name}} … {{/if}}, or {{ contact.name }}');
  for (const match of text.matchAll(MERGE_TAG)) tell(match, 'write {{ contact.name }}');
  return faults;
}
