/** Which values a text prints wherever it is shown: what a reader misses where one of them is absent (S20). */
import { resolveName } from '../frames.ts';
import { memoOf } from '../memo.ts';
import { parseText } from './parse.ts';

const CACHE = memoOf<readonly string[]>(2000);
/** Helpers that say what stands in place of an absent value. */
const ANSWERED: ReadonlySet<string> = new Set(['default', 'json', 'count']);

/**
 * The paths that a checked text prints by themselves or through a helper (`{{ contact.name }}`, `{{ date ticket.due }}`), each
 * once. Not those inside of blocks: an `if` around a value says that it may be missing.
 */
export function printedPaths(text: string): readonly string[] {
  if (!text.includes('{{')) return [];
  return CACHE.memo(text, { context: () => [...new Set(pathsIn(text))] });
}

function pathsIn(text: string): string[] {
  const parsed = parseText(text);
  if ('fault' in parsed) return [];
  return parsed.program.body.flatMap((statement) => {
    if (statement.type !== 'MustacheStatement') return [];
    const { path, params } = statement as hbs.AST.MustacheStatement;
    if (params.length > 0 && ANSWERED.has((path as hbs.AST.PathExpression).original)) return [];
    const printed = params.length > 0 ? params[0]! : path;
    if (printed.type !== 'PathExpression') return [];
    const resolved = resolveName(printed as hbs.AST.PathExpression, []);
    return resolved.kind === 'root' ? [resolved.path] : [];
  });
}
