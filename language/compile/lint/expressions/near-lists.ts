/** `account.ticket.exists(…)`: records are asked for in a list with nearly the name of one that exists (E8). */
import { COMPREHENSIONS } from '../../../cel/functions.ts';
import { pathOf } from '../../../cel/paths.ts';
import { callOf, children, type Node } from '../../../cel/tree.ts';
import { treeOf } from '../../../cel.ts';
import { nearest } from '../../../diagnostics/nearest.ts';
import type { Expression } from '../../../model.ts';
import { listNamesOf, relatedList } from '../../../records/relations.ts';
import type { Path } from '../../../syntax.ts';
import type { FileReport } from '../../report.ts';

/** Traits may have any name: it is a warning. @param expression the one at the path, which compiles */
export function lintNearLists(report: FileReport, expression: Expression, path: Path): void {
  const hasSome = expression.reads.some((read) => /^(account|contact)\.\w+$/.test(read));
  if (hasSome) visit(treeOf(expression));

  function visit(node: Node): void {
    const call = callOf(node);
    if (call?.receiver && COMPREHENSIONS.has(call.name)) look(call.receiver);
    for (const child of children(node)) visit(child);
  }

  function look(walked: Node): void {
    const [root, name, ...more] = pathOf(walked)?.names ?? [];
    if (root === undefined || name === undefined || more.length > 0 || relatedList(root, name)) return;
    const meant = nearest(name, listNamesOf(root));
    if (meant === undefined) return;
    report.inText(path, walked.start, walked.end, {
      code: 'CB306',
      severity: 'warning',
      message: `\`${root}.${name}\` is a trait, and \`${root}.${meant}\` the list of the ${root}'s ${meant}`,
      hint: `did you mean \`${root}.${meant}\`?`,
    });
  }
}
