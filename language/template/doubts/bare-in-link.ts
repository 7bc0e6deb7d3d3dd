/** Finds values in the query of an address that nothing encodes: a `+` arrives as a blank, a `&` ends the value. */
import type { Fault } from '../parse/parse.ts';

const EXPRESSION = /\{\{([^{}]*)\}\}/g;
/** An address has no blanks, and ends with the quotes or the tag around it. */
const BETWEEN = /[\s"'<>]/;
/** Blocks, `else` and comments show nothing themselves. */
const SILENT = /^\s*(?:[#/^!~]|else\b)/;
const ENCODED = /^~?\s*url\s/;

/** One warning an expression, with offsets into `text`. */
export function bareInLinks(text: string): Fault[] {
  const faults: Fault[] = [];
  let place: Place = 'before';
  let from = 0;
  for (const found of text.matchAll(EXPRESSION)) {
    place = after(place, text.slice(from, found.index));
    from = found.index + found[0].length;
    const inner = found[1]!;
    if (place === 'value' && !SILENT.test(inner) && !ENCODED.test(inner)) faults.push(faultAt(found.index, found[0]));
  }
  return faults;
}

/** Before the query of an address, in the name of one of its values, or in the value. */
type Place = 'before' | 'name' | 'value';

function after(place: Place, text: string): Place {
  let now = place;
  for (const char of text) {
    if (BETWEEN.test(char) || char === '#') now = 'before';
    else if (char === '?') now = now === 'before' ? 'name' : now;
    else if (now !== 'before' && char === '&') now = 'name';
    else if (now === 'name' && char === '=') now = 'value';
  }
  return now;
}

function faultAt(start: number, expression: string): Fault {
  const inner = expression.slice(2, -2).trim();
  const value = inner.includes(' ') ? `(${inner})` : inner;
  return {
    code: 'CB414',
    severity: 'warning',
    message: `${expression} is in a link as it is: a \`+\` of its value arrives as a blank, and a \`&\` ends it`,
    start,
    end: start + expression.length,
    hint: `write {{ url ${value} }}`,
    fix: `{{ url ${value} }}`,
  };
}
