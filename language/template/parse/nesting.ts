/**
 * How deep blocks and values of a text are nested, told before Handlebars reads it: its reader takes time with the square of
 * the depth, and what walks its tree goes down by recursion.
 */
import type { Fault } from './parse.ts';

const MAX_NESTED = 32;

/** The fault of a text that is nested too deeply; undefined where it is not. One pass over the text. */
export function nestedTooDeeply(text: string): Fault | undefined {
  /** For each open block how many `else if` it has: each is a block within the one before. */
  const blocks: number[] = [];
  let depth = 0;
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', at)) {
    const end = endOf(text, at);
    const inner = text.slice(at, end);
    const [, mark, word] = /^\{+~?\s*([#^/!]|else\b)?~?\s*([^~}\s]?)/.exec(inner) ?? [];
    if (mark === '#' || (mark === '^' && word !== '')) {
      blocks.push(1);
      depth += 1;
    } else if (mark === 'else' && word !== '' && blocks.length > 0) {
      blocks.push(blocks.pop()! + 1);
      depth += 1;
    } else if (mark === '/') depth -= blocks.pop() ?? 0;
    if (depth > MAX_NESTED || (mark !== '!' && parentheses(inner) > MAX_NESTED)) return tooDeep(at, end);
    at = end;
  }
  return undefined;
}

/** The end of what begins with two braces: behind the next two that close, or at the text's end. */
function endOf(text: string, at: number): number {
  const isComment = /^\{\{~?!--/.test(text.slice(at, at + 6));
  const end = isComment ? text.indexOf('--', at + 6) : text.indexOf('}}', at + 2);
  return end === -1 ? text.length : end + 2;
}

function parentheses(text: string): number {
  let open = 0;
  let most = 0;
  for (const char of text) {
    if (char === '(') most = Math.max(most, ++open);
    else if (char === ')') open -= 1;
  }
  return most;
}

function tooDeep(start: number, end: number): Fault {
  const message = `blocks and values of a text are nested more than ${MAX_NESTED} deep`;
  return { code: 'CB413', message, start, end, hint: 'compute it as a trait, or split the text' };
}
