/** Finds expressions in HTML that escaping does not protect: inside a tag, but outside quotes. */
import type { Fault } from './parse/parse.ts';

const EXPRESSION = /\{\{(?!!)[\s\S]*?\}\}/y;

/** One fault an expression, with offsets into `html`. Comments may hold what they like. */
export function unquotedExpressions(html: string): Fault[] {
  const faults: Fault[] = [];
  let quote = '';
  let inTag = false;
  for (let i = 0; i < html.length; i++) {
    if (!inTag && html.startsWith('<!--', i)) {
      const end = html.indexOf('-->', i);
      if (end < 0) return faults;
      i = end + 2;
      continue;
    }
    if (html.startsWith('{{', i)) {
      EXPRESSION.lastIndex = i;
      const found = EXPRESSION.exec(html)?.[0] ?? '{{';
      if (inTag && quote === '' && !/^\{\{[#/^~]|^\{\{\s*else\b/.test(found)) faults.push(faultAt(i, found));
      i += found.length - 1;
      continue;
    }
    const char = html[i]!;
    if (!inTag) inTag = char === '<' && /[A-Za-z/]/.test(html[i + 1] ?? '');
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '>') inTag = false;
  }
  return faults;
}

function faultAt(start: number, expression: string): Fault {
  return {
    code: 'CB409',
    message: `${expression} is in a tag outside quotes, where its value could become attributes`,
    start,
    end: start + expression.length,
    hint: `put it in quotes: "${expression}"`,
  };
}
