/**
 * Prepares a checked tree for rendering: every value passes one helper that shows it in the reader's words, and a root
 * inside a block (`contact` within `each`) is looked up at the top.
 */
import { itemFrame } from './check.ts';
import { type Frame, resolveName } from './frames.ts';
import type { Program } from './parse/parse.ts';

type Expression = hbs.AST.Expression;
type Path = hbs.AST.PathExpression;
type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression;

/** Changes `program` in place. `show` is the helper that every value is handed to. */
export function rewrite(program: Program, show: string, frames: readonly Frame[] = []): void {
  for (const statement of program.body) {
    if (statement.type === 'MustacheStatement') rewriteMustache(statement as hbs.AST.MustacheStatement, show, frames);
    else if (statement.type === 'BlockStatement') rewriteBlock(statement as hbs.AST.BlockStatement, show, frames);
  }
}

function rewriteMustache(mustache: hbs.AST.MustacheStatement, show: string, frames: readonly Frame[]): void {
  const path = mustache.path as Path;
  const isParam = frames.some((frame) => frame.blockParams.includes(path.original));
  const calls = mustache.params.length > 0 && !isParam;
  if (calls) liftAll(mustache.params, frames);
  if (!calls) lift(path, frames);
  const value: Expression = calls
    ? ({ type: 'SubExpression', path, params: mustache.params, hash: mustache.hash, loc: mustache.loc } as Expression)
    : path;
  mustache.params = [value];
  mustache.path = {
    type: 'PathExpression',
    data: false,
    depth: 0,
    parts: [show],
    original: show,
    loc: mustache.loc,
  } as Path;
}

function rewriteBlock(block: hbs.AST.BlockStatement, show: string, frames: readonly Frame[]): void {
  const item = itemFrame((block.path as Path).original, block, frames);
  liftAll(block.params, frames);
  if (block.program) rewrite(block.program, show, item ? [...frames, item] : frames);
  if (block.inverse) rewrite(block.inverse, show, frames);
}

function liftAll(params: readonly Expression[], frames: readonly Frame[]): void {
  for (const param of params) {
    if (param.type === 'PathExpression') lift(param as Path, frames);
    else if (param.type === 'SubExpression') liftAll((param as Call).params, frames);
  }
}

/** A root inside a block is looked up at the top. */
function lift(path: Path, frames: readonly Frame[]): void {
  const resolved = resolveName(path, frames);
  if (resolved.kind !== 'root' || !resolved.lift) return;
  path.data = true;
  path.parts = ['root', ...path.parts];
  path.original = `@root.${path.original}`;
}
