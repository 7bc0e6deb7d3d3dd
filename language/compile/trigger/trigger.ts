/** The trigger: its arms, each of the condition that its keys tell (Y1, T13). */

import { isJsonObject } from '../../json.ts';
import type { CompiledArm } from '../../model.ts';
import type { Path, Root } from '../../syntax.ts';
import type { FileContext } from '../scope.ts';
import { faultyKey, reportIssues } from '../shape.ts';
import { keyOf } from './keys.ts';
import { checkArm, checkParts, checkTogether, lengthsOf } from './trigger-checks.ts';
import { chooseCondition } from './trigger-kind.ts';

const MAX_ARMS = 20;
const KEY_ROOTS: readonly Root[] = ['event', 'trigger'];

/** The arms of a trigger: those of `any` (T13), else one. */
export function compileTrigger(context: FileContext, value: unknown, path: Path): CompiledArm[] {
  if (!isJsonObject(value)) {
    context.report('CB202', path, 'a trigger is a map', 'write trigger: { event: cart.updated }');
    return [];
  }
  if (value.any === undefined) return [compileArm(context, value, path)].filter((arm) => arm !== undefined);
  const { any, key, ...mixed } = value;
  for (const name of Object.keys(mixed)) {
    const hint = 'put it into the arms';
    context.file.key([...path, name], { code: 'CB205', message: `\`${name}\` does not go with \`any\``, hint });
  }
  if (!Array.isArray(any) || any.length === 0 || any.length > MAX_ARMS) {
    context.report(
      'CB202',
      [...path, 'any'],
      `\`any\` is a list of 1 to ${MAX_ARMS} triggers`,
      'write any: [{ event: cart.updated }, { event: order.completed }]',
    );
    return [];
  }
  const shared = key === undefined ? undefined : keyOf(context, key, [...path, 'key'], KEY_ROOTS);
  const names = new Set<string>();
  const arms = any.flatMap((item, i) => {
    const at = [...path, 'any', i];
    if (!isJsonObject(item)) {
      context.report('CB202', at, 'an arm of a trigger is a map', 'write - { event: cart.updated }');
      return [];
    }
    if (item.any !== undefined) return compileNested(context, item, at);
    const arm = compileArm(context, item, at);
    if (arm === undefined) return [];
    if (arm.as !== undefined && names.has(arm.as)) {
      context.report(
        'CB208',
        [...at, 'as'],
        `another arm is called \`${arm.as}\` already`,
        'give each arm its own name',
      );
    }
    if (arm.as !== undefined) names.add(arm.as);
    return [shared === undefined || arm.key !== undefined ? arm : { ...arm, key: shared }];
  });
  checkTogether(context, arms, [...path, 'any']);
  return arms;
}

/** `any` as an arm: an error, and what is wrong inside is reported as well. */
function compileNested(context: FileContext, item: { [key: string]: unknown }, path: Path): CompiledArm[] {
  context.file.key([...path, 'any'], {
    code: 'CB244',
    message: '`any` is inside `any`',
    hint: 'put its arms into the outer list: each fires on its own',
  });
  return compileTrigger(context, item, path);
}

function compileArm(context: FileContext, value: { [key: string]: unknown }, path: Path): CompiledArm | undefined {
  const { as, key, ...own } = value;
  const compiledKey = key === undefined ? undefined : keyOf(context, key, [...path, 'key'], KEY_ROOTS);
  const name = typeof as === 'string' && /^[a-z0-9][\w-]*$/i.test(as) ? as : undefined;
  if (as !== undefined && name === undefined) {
    context.report('CB202', [...path, 'as'], 'the name of an arm is a word', 'as: early');
  }
  const condition = chooseCondition(context, own, path);
  if (condition === undefined) {
    checkParts(context, own, path);
    return undefined;
  }
  const { schema } = condition;
  const read = schema.safeParse(own);
  if (!read.success) {
    const { issues } = read.error;
    const lengths = lengthsOf(own);
    const others = issues.filter((issue) => !lengths.has(faultyKey(issue)));
    reportIssues(others, { value: own, schema, path, report: context.file });
    checkParts(context, own, path, new Set(issues.map(faultyKey)));
    return undefined;
  }
  const arm: CompiledArm = { kind: condition.kind, ...condition.compile(read.data as never, path, context) };
  if (compiledKey !== undefined) arm.key = compiledKey;
  if (name !== undefined) arm.as = name;
  checkArm(context, arm, own, path);
  return arm;
}
