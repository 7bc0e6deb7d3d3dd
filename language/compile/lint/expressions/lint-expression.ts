/** What compiles in an expression, or in a text, and cannot be meant. */
import type { Expression, Text } from '../../../model.ts';
import type { Path } from '../../../syntax.ts';
import type { FileReport } from '../../report.ts';
import type { WorkspaceContext } from '../../scope.ts';
import { lintCompared, segmentsReadAsTraits } from './compared.ts';
import { lintHops } from './hops.ts';
import { lintNearLists } from './near-lists.ts';
import { lintNeverTrue } from './never-true.ts';

interface Around {
  file: FileReport;
  world: Pick<WorkspaceContext, 'segments' | 'traits'>;
}

/** @param expression the one at the path, which compiles */
export function lintExpression(
  { file, world }: Around,
  expression: Expression,
  path: Path,
  isCondition: boolean,
): void {
  if (isCondition) lintNeverTrue(file, expression, path);
  lintNearLists(file, expression, path);
  lintCompared(file, expression, path, world);
  lintHops(file, expression.reads, path);
}

/** @param text the one at the path */
export function lintText({ file, world }: Around, text: Text, path: Path): void {
  lintHops(file, text.reads, path);
  for (const read of segmentsReadAsTraits(text.reads, world)) {
    file.at(path, {
      severity: 'warning',
      code: 'CB309',
      message: `\`${read}\` is a segment, and no trait: it is always empty`,
      hint: 'a text shows traits; a trigger may ask for a segment: { enters: … }',
    });
  }
}
