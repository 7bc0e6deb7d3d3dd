/** Conditions that nothing can ever satisfy: an error in a `where`, where they silence the whole; elsewhere a warning. */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { Expression } from '../../../model.ts';
import type { Path } from '../../../syntax.ts';
import type { FileReport } from '../../report.ts';

/** @param expression the one at the path, which compiles */
export function lintNeverTrue(report: FileReport, expression: Expression, path: Path): void {
  const found = whyNeverTrue(expression.cel);
  if (found === undefined) return;
  const name = String(path.at(-1));
  const what = /^[a-z_]+$/.test(name) ? `\`${name}\`` : 'this condition';
  report.inText(path, found.start, found.end, {
    code: 'CB305',
    severity: name === 'where' ? 'error' : 'warning',
    message: `${what} can never be true: ${found.message}`,
    hint: found.hint,
  });
}
