/** The library's errors in words for people who write playbooks. */
import type { ExpressionError } from './inspect.ts';
import { slipAt } from './slips.ts';

interface LibraryError {
  code?: string;
  summary?: string;
  message?: string;
  range?: { start: number; end: number };
}

const TOKENS: { [token: string]: string } = {
  EOF: 'the end',
  RPAREN: '`)`',
  LPAREN: '`(`',
  RBRACKET: '`]`',
  LBRACKET: '`[`',
  RBRACE: '`}`',
  LBRACE: '`{`',
  COMMA: '`,`',
  COLON: '`:`',
  DOT: '`.`',
  QUESTION: '`?`',
  IDENTIFIER: 'a name',
  STRING: 'a text',
  NUMBER: 'a number',
};

/** An error of parsing or type-checking `source`, with its place and, where a slip is common, what to write instead. */
export function inWords(thrown: unknown, source: string): ExpressionError {
  const error = thrown as LibraryError;
  const start = Math.min(error.range?.start ?? 0, source.length);
  const end = Math.max(error.range?.end ?? source.length, start);
  const isOfWriting = error.code !== 'no_such_overload' && error.code !== 'unterminated_string';
  const slip = isOfWriting ? slipAt(source, start) : undefined;
  const hint = slip?.hint ?? hintFor(source, start, error.code);
  const message = slip?.says ?? sentence(error, source);
  return { code: 'CB301', message, start, end, ...(hint === undefined ? {} : { hint }) };
}

function sentence(error: LibraryError, source: string): string {
  const summary = error.summary ?? error.message ?? 'it cannot be read';
  switch (error.code) {
    case 'expected_token': {
      const [, wanted, got] = /^Expected (\w+), got (\w+)/.exec(summary) ?? [];
      return `${word(wanted)} is missing before ${word(got)}`;
    }
    case 'unexpected_token':
      if (source.trim() === '') return 'the expression is empty';
      return summary.endsWith(': EOF') ? 'the expression ends too early' : 'this is not expected here';
    case 'unexpected_character':
      return `this is not expected here`;
    case 'unterminated_string':
      return 'the text is not closed by a quote';
    case 'limit_exceeded':
      return 'the expression is too large or nested too deeply';
    case 'reserved_identifier':
      return `${summary.split(': ')[1]} is a reserved word; write it as ["…"] after its record`;
    case 'no_such_overload':
      return `these do not go together: ${summary.replace(/^no such overload: /, '').replaceAll('double', 'number')}`;
    default:
      return summary.replaceAll('double', 'number').replaceAll('cue_', '');
  }
}

function word(token: string | undefined): string {
  return token === undefined ? 'something' : (TOKENS[token] ?? `\`${token.toLowerCase()}\``);
}

function hintFor(source: string, at: number, code: string | undefined): string | undefined {
  if (code === 'unterminated_string') return `close it with ${source[at] === "'" ? "'" : '"'}`;
  if (code === 'unexpected_token' && source.trim() === '') return 'write a condition, as contact.plan == "pro"';
  if (code === 'unexpected_token' && at >= source.trimEnd().length) {
    const last = /(\S+)\s*$/.exec(source)?.[1] ?? '';
    return `something is missing behind \`${last}\``;
  }
  if (code === 'unexpected_token' || code === 'unexpected_character') {
    return 'between two values stands one of == != < <= > >= && || in + - * /, and a text stands in quotes';
  }
  const isOpen = code === 'expected_token' && at >= source.length;
  return isOpen ? 'close what was opened; where the line goes on, put the whole of it in quotes' : undefined;
}
