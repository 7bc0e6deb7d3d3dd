/** What compiles in an expression and cannot be meant: a comparison with null, and a segment that is read as a trait. */
import { type Path as NamesOf, pathOf } from '../../../cel/paths.ts';
import { callOf, children, type Node } from '../../../cel/tree.ts';
import { treeOf } from '../../../cel.ts';
import { type ComputedTrait, type Expression, RECORD_TYPES } from '../../../model.ts';
import type { Path } from '../../../syntax.ts';
import type { FileReport } from '../../report.ts';
import type { WorkspaceContext } from '../../scope.ts';

/** @param expression the one at the path, which compiles */
export function lintCompared(
  report: FileReport,
  expression: Expression,
  path: Path,
  world: Pick<WorkspaceContext, 'segments' | 'traits'>,
): void {
  const segments = segmentsReadAsTraits(expression.reads, world);
  const numbers = new Set(world.traits.filter(isNumber).map(({ subject, name }) => `${subject}.${name}`));
  if (segments.length > 0 || /\bnull\b|["']\s*\d/.test(expression.cel)) visit(treeOf(expression));

  function visit(node: Node): void {
    if (node.op === '==') lookForNull(node);
    if (COMPARISONS.has(node.op)) lookForDigits(node);
    const names = pathOf(node)?.names;
    if (names !== undefined && segments.includes(names.slice(0, 2).join('.'))) tellSegment(node, names);
    else for (const child of children(node)) visit(child);
  }

  function lookForNull(node: Node): void {
    const sides = node.args as [Node, Node];
    const other = sides.find((side) => !isNull(side));
    const named = other === undefined ? undefined : pathOf(unwrapped(other));
    if (!sides.some(isNull) || named === undefined || named.names.length < 2) return;
    report.inText(path, node.start, node.end, {
      code: 'CB308',
      severity: 'warning',
      message: isRecord(named)
        ? 'this is never true: no trait is null, as null removes it'
        : 'this is true of a written null alone, and not where nothing is there',
      hint: `write !has(${named.names.join('.')}) for "nothing is there"`,
      ...(isRecord(named) && { fix: `!has(${named.names.join('.')})` }),
    });
  }

  /** `event.total > "20"` compares letters: "9" is more, "100" is not. */
  function lookForDigits(node: Node): void {
    const sides = node.args as [Node, Node];
    const text = sides.find((side) => typeof side.args === 'string' && side.op === 'value');
    const other = sides.find((side) => side !== text);
    if (text === undefined || other === undefined || !/^\s*-?\d+(\.\d+)?\s*$/.test(String(text.args))) return;
    const isOrder = node.op !== '==' && node.op !== '!=';
    if (!isOrder && !numbers.has(pathOf(unwrapped(other))?.names.join('.') ?? '')) return;
    report.inText(path, text.start, text.end, {
      code: 'CB310',
      severity: 'warning',
      message: isOrder ? 'this compares letters, and not numbers' : 'a number never equals a text',
      hint: `write ${String(text.args).trim()}, without quotes`,
      fix: String(text.args).trim(),
    });
  }

  function tellSegment(node: Node, [root, name]: string[]): void {
    report.inText(path, node.start, node.end, {
      code: 'CB309',
      severity: 'warning',
      message: `\`${name}\` is a segment, and no trait: this is never true`,
      hint: `write in_segment("${name}"); a trigger may be { enters: ${name} } for a ${root}`,
      fix: `in_segment("${name}")`,
    });
  }
}

/** `contact.vip` where `vip` is a segment of contacts and nothing computes a trait of that name. */
export function segmentsReadAsTraits(
  reads: readonly string[],
  { segments, traits }: Pick<WorkspaceContext, 'segments' | 'traits'>,
): string[] {
  const names = new Set(segments.map(({ subject, name }) => `${subject}.${name}`));
  for (const { subject, name } of traits) names.delete(`${subject}.${name}`);
  return [...new Set(reads.map((read) => read.split('.').slice(0, 2).join('.')))].filter((read) => names.has(read));
}

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** Whether a computed trait is a number, whatever comes. */
function isNumber({ kind }: ComputedTrait): boolean {
  return ['count', 'sum', 'average_gap', 'score'].includes(kind);
}

function isNull(node: Node): boolean {
  const inner = unwrapped(node);
  return inner.op === 'value' && inner.args === null;
}

/** Without what the evaluation has put around it. */
function unwrapped(node: Node): Node {
  const call = callOf(node);
  return call?.name.startsWith('cue_') && call.receiver === undefined && call.args[0] ? unwrapped(call.args[0]) : node;
}

function isRecord({ names: [root] }: NamesOf): boolean {
  return (RECORD_TYPES as readonly string[]).includes(root ?? '');
}
