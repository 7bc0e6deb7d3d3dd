/** Whether a text may come out empty: it has no words of its own, and each of its values may be missing. */
import { parseText } from '../parse/parse.ts';

/**
 * The first value without which nothing would be left; undefined where there is always something, and where that is not known.
 * @param mayMiss whether the value at a path may be missing
 */
export function mayBeEmpty(text: string, mayMiss: (path: string) => boolean): string | undefined {
  const parsed = parseText(text);
  return 'fault' in parsed ? undefined : ofProgram(parsed.program, mayMiss);
}

type MayMiss = (path: string) => boolean;

/** Where all parts may be empty, the value to begin with. */
function ofProgram({ body }: hbs.AST.Program, mayMiss: MayMiss): string | undefined {
  let first: string | undefined;
  for (const statement of body) {
    if (statement.type === 'CommentStatement') continue;
    if (statement.type === 'ContentStatement') {
      if ((statement as hbs.AST.ContentStatement).value.trim() === '') continue;
      return undefined;
    }
    const empty = ofStatement(statement, mayMiss);
    if (empty === undefined) return undefined;
    first ??= empty;
  }
  return first;
}

function ofStatement(statement: hbs.AST.Statement, mayMiss: MayMiss): string | undefined {
  if (statement.type === 'MustacheStatement') return ofMustache(statement as hbs.AST.MustacheStatement, mayMiss);
  if (statement.type !== 'BlockStatement') return undefined;
  const { path, params, program, inverse } = statement as hbs.AST.BlockStatement;
  if ((path as hbs.AST.PathExpression).original !== 'if') return undefined;
  // With words in both branches something is always left.
  const asked = pathOf(params[0]);
  const otherwise = inverse === undefined ? asked : ofProgram(inverse, mayMiss);
  if (asked === undefined || !mayMiss(asked)) return ofProgram(program, (one) => one !== asked && mayMiss(one));
  return otherwise;
}

/** Helpers but `default` show nothing of what is missing; what else is given to them is not looked into. */
function ofMustache({ path, params }: hbs.AST.MustacheStatement, mayMiss: MayMiss): string | undefined {
  const name = pathOf(path);
  const shown = params.length === 0 ? name : SHOWING.has(name ?? '') ? pathOf(params[0]) : undefined;
  return shown !== undefined && mayMiss(shown) ? shown : undefined;
}

const SHOWING = new Set(['date', 'time', 'money', 'url']);

function pathOf(expression: hbs.AST.Expression | undefined): string | undefined {
  return expression?.type === 'PathExpression' ? (expression as hbs.AST.PathExpression).original : undefined;
}
