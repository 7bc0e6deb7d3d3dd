/** The correlation key (T0): an expression that tells the watches of one subject apart. */
import type { Expression } from '../../model.ts';
import type { Path, Root } from '../../syntax.ts';
import { NO_EXPRESSION } from '../expressions.ts';
import { rootsFor } from '../names.ts';
import type { FileContext } from '../scope.ts';

const BARE_NAME = /^[A-Za-z_]\w*$/;

/** The expression of a key. What is the same for every event, and a field without `event.` before it, is an error. */
export function keyOf(context: FileContext, value: unknown, path: Path, roots: readonly Root[]): Expression {
  const known: readonly string[] = rootsFor(context.subject, roots);
  if (typeof value === 'string' && BARE_NAME.test(value) && !known.includes(value) && !isConstant(value)) {
    context.report('CB302', path, `\`${value}\` is not known here`, `did you mean \`event.${value}\`?`);
    return NO_EXPRESSION;
  }
  const expression = context.expression(value, path, { roots });
  if (expression === NO_EXPRESSION || expression.reads.length > 0 || expression.timed) return expression;
  const name = /^["']([A-Za-z_]\w*)["']$/.exec(expression.cel)?.[1];
  const hint =
    name === undefined
      ? 'leave `key` out, or write event.<field>; arms of `any` are told apart by key: trigger.arm'
      : `did you mean \`event.${name}\`, without quotes inside? Arms of \`any\` are told apart by key: trigger.arm`;
  context.report('CB241', path, `the key \`${expression.cel}\` is the same for every event`, hint);
  return expression;
}

function isConstant(name: string): boolean {
  return name === 'true' || name === 'false' || name === 'null';
}
