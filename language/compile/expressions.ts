/** Expressions and texts of a file: compiled, checked, and reported at their places. */

import { type CompileOptions, compileExpression } from '../cel.ts';
import { written } from '../diagnostics/written.ts';
import type { Expression, Text } from '../model.ts';
import type { Path } from '../syntax.ts';
import { checkText, doubtsOf } from '../template.ts';
import { kindOf } from '../time/duration.ts';
import { quotedLine } from '../yaml/quote.ts';
import { pathKey } from '../yaml.ts';
import type { FileReport } from './report.ts';

/** In place of an expression that could not be compiled, so that the rest of the file is still checked. */
export const NO_EXPRESSION: Expression = { cel: 'false', reads: [], counts: [], timed: false };

/** Compiles the expression at a path; a number or a boolean of YAML is one as well. */
export function expressionAt(
  report: FileReport,
  value: unknown,
  path: Path,
  options: CompileOptions & { why?: (root: string) => string | undefined },
): Expression {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    report.at(path, { code: 'CB202', message: `an expression is a text, not ${kindOf(value)}` });
    return NO_EXPRESSION;
  }
  const { expression, errors } = compileExpression(written(value), options);
  for (const error of errors) {
    const root = /^`(\w+)` is not known here/.exec(error.message)?.[1];
    const why = root === undefined ? undefined : options.why?.(root);
    const cut = error.code === 'CB301' ? cutHint(report, path) : undefined;
    report.inText(path, error.start, error.end, { ...error, hint: cut ?? why ?? error.hint });
  }
  return expression ?? NO_EXPRESSION;
}

/** An expression that YAML cut at a comment may have been longer: `event.name == "No #1"`. */
function cutHint(report: FileReport, path: Path): string | undefined {
  const span = report.file.spans.get(pathKey(path));
  if (span?.commented !== true || !span.plain) return undefined;
  const line = quotedLine(report.file.source, span.start);
  return line === undefined ? undefined : `YAML ends the value at \` #\`; write: ${line}`;
}

/** Checks the Handlebars text at a path. A number or a boolean of YAML is shown as it is written. */
export function textAt(report: FileReport, value: unknown, path: Path, roots: readonly string[]): Text {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    report.at(path, { code: 'CB202', message: `a text is needed here, not ${kindOf(value)}` });
    return { text: '', reads: [] };
  }
  wholeText(report, path);
  const text = written(value);
  const { reads, errors } = checkText(text, { roots });
  for (const fault of [...errors, ...doubtsOf(text, roots)]) report.inText(path, fault.start, fault.end, fault);
  return { text, reads };
}

/** Y3: what follows ` #` is not part of a text, and may have been meant to be. */
export function wholeText(report: FileReport, path: Path): void {
  const span = report.file.spans.get(pathKey(path));
  if (span?.commented !== true || !span.plain) return;
  const line = quotedLine(report.file.source, span.start);
  report.at(path, {
    code: 'CB108',
    message: 'the text ends at ` #`: what follows is a comment to YAML',
    hint: line === undefined ? 'put the text in quotes' : `write: ${line}\nor put the comment on a line of its own`,
  });
}
