/** The trigger: which condition its keys tell (Y1), its arms, and its hash (T18). */
import type { CompiledArm } from '../model.ts';
import { didYouMean, nearest } from '../nearest.ts';
import type { ConditionSyntax, Path, Root } from '../syntax.ts';
import type { Context } from './context.ts';
import { isTable } from './scope.ts';
import { checkShape, keysAt, unknownKeys } from './shape.ts';

/** Keys that every arm may have beside those of its condition. */
const ARM_KEYS = ['as', 'key'];
const MOST_ARMS = 20;

/** The arms of a trigger: those of `any` (T13), else one. */
export function compileTrigger(context: Context, value: unknown, path: Path): CompiledArm[] {
  if (!isTable(value)) {
    context.report('CB202', path, 'a trigger is a map', 'write trigger: { event: cart.updated }');
    return [];
  }
  if (value.any === undefined) return [compileArm(context, value, path)].filter((arm) => arm !== undefined);
  const { any, key, ...mixed } = value;
  for (const name of Object.keys(mixed)) {
    const hint = 'put it into the arms';
    context.file.key([...path, name], { code: 'CB205', message: `\`${name}\` does not stand beside \`any\``, hint });
  }
  if (!Array.isArray(any) || any.length === 0 || any.length > MOST_ARMS) {
    context.report('CB202', [...path, 'any'], `\`any\` is a list of 1 to ${MOST_ARMS} triggers`);
    return [];
  }
  const shared = key === undefined ? undefined : context.expression(key, [...path, 'key'], { roots: KEY_ROOTS });
  const names = new Set<string>();
  return any.flatMap((item, i) => {
    const at = [...path, 'any', i];
    if (!isTable(item)) {
      context.report('CB202', at, 'an arm of a trigger is a map', 'write - { event: cart.updated }');
      return [];
    }
    const arm = compileArm(context, item, at);
    if (arm === undefined) return [];
    if (arm.as !== undefined && names.has(arm.as)) {
      context.report('CB208', [...at, 'as'], `another arm is called \`${arm.as}\` already`);
    }
    if (arm.as !== undefined) names.add(arm.as);
    return [shared === undefined || arm.key !== undefined ? arm : { ...arm, key: shared }];
  });
}

const KEY_ROOTS: readonly Root[] = ['event', 'trigger'];

function compileArm(context: Context, value: { [key: string]: unknown }, path: Path): CompiledArm | undefined {
  const { as, key, ...own } = value;
  const condition = chooseCondition(context, own, path);
  if (condition === undefined) return undefined;
  const shaped = checkShape(own, condition.schema, path, context.file);
  if (shaped === undefined) return undefined;
  const arm: CompiledArm = { kind: condition.kind, ...condition.compile(shaped as never, path, context) };
  if (key !== undefined) arm.key = context.expression(key, [...path, 'key'], { roots: KEY_ROOTS });
  if (typeof as === 'string' && /^[a-z0-9][\w-]*$/i.test(as)) arm.as = as;
  else if (as !== undefined) context.report('CB202', [...path, 'as'], 'the name of an arm is a word', 'as: early');
  return arm;
}

/** The most specific condition whose keys are all there and that knows every other key (Y1). */
function chooseCondition(context: Context, value: { [key: string]: unknown }, path: Path): ConditionSyntax | undefined {
  const { conditions } = context.world.dialect;
  const keys = Object.keys(value);
  const whole = conditions
    .filter((condition) => condition.keys.every((key) => keys.includes(key)))
    .sort((a, b) => b.keys.length - a.keys.length);
  const fitting = whole.find((condition) => unknownKeys(value, condition.schema).length === 0);
  if (fitting !== undefined) return fitting;
  // What no condition knows at all is a slip of the finger, and not a mixture.
  const known = new Set(conditions.flatMap((condition) => [...condition.keys, ...keysAt(condition.schema, [])]));
  const strange = keys.filter((key) => !known.has(key));
  if (strange.length === keys.length && !strange.some((key) => nearest(key, known))) {
    reportMixture(context, keys, [], path);
    return undefined;
  }
  for (const key of strange) {
    const allowed = [...(whole[0] === undefined ? known : keysAt(whole[0].schema, [])), ...ARM_KEYS];
    context.file.key([...path, key], {
      code: 'CB201',
      message: `unknown key \`${key}\` in a trigger`,
      hint: nearest(key, known) === undefined ? didYouMean(key, allowed) : didYouMean(key, [...known]),
    });
  }
  if (strange.length === 0) reportMixture(context, keys, whole, path);
  return undefined;
}

function reportMixture(context: Context, keys: string[], whole: readonly ConditionSyntax[], path: Path): void {
  const { conditions } = context.world.dialect;
  const near = whole.length > 0 ? whole : closest(conditions, keys);
  if (near.length === 0) {
    const kinds = conditions.map((condition) => `${condition.kind} (${condition.keys.join(', ')})`);
    const message =
      keys.length === 0 ? 'the trigger is empty' : `no kind of trigger has ${keys.map(quote).join(' and ')}`;
    context.report('CB204', path, message, `kinds of triggers: ${kinds.join('; ')}`);
    return;
  }
  const words = near.map((condition) => {
    const missing = condition.keys.filter((key) => !keys.includes(key));
    const alien = keys.filter((key) => !condition.keys.includes(key) && !keysAt(condition.schema, []).includes(key));
    const parts = [
      missing.length > 0 ? `needs ${missing.map(quote).join(' and ')}` : '',
      alien.length > 0 ? `has no ${alien.map(quote).join(' and no ')}` : '',
    ];
    return `\`${condition.kind}\` ${parts.filter(Boolean).join(' and ')}`;
  });
  const message = `${keys.map(quote).join(', ')} together mean no trigger; near are ${near.map((c) => c.kind).join(' and ')}`;
  context.report('CB205', path, message, words.join('; '));
}

/** The conditions that share the most keys with what was written. */
function closest(conditions: readonly ConditionSyntax[], keys: readonly string[]): ConditionSyntax[] {
  const shared = (condition: ConditionSyntax) => condition.keys.filter((key) => keys.includes(key)).length;
  const most = Math.max(0, ...conditions.map(shared));
  return most === 0 ? [] : conditions.filter((condition) => shared(condition) === most).slice(0, 3);
}

function quote(key: string): string {
  return `\`${key}\``;
}
