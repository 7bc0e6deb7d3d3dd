/** Which condition the keys of a trigger tell (Y1), and where they tell none, what they came close to. */
import { didYouMean, nearest } from '../../diagnostics/nearest.ts';
import type { ConditionSyntax, Path } from '../../syntax.ts';
import type { FileContext } from '../scope.ts';
import { keysAt, unknownKeys } from '../shape.ts';

/** Keys that every arm may have in addition to those of its condition. */
export const ARM_KEYS = ['as', 'key'];

type Written = { [key: string]: unknown };

/** The most specific condition whose keys are all there and that knows every other key; undefined, and reported, for none. */
export function chooseCondition(context: FileContext, value: Written, path: Path): ConditionSyntax | undefined {
  const { conditions } = context.world.registry;
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
      hint:
        key === 'is' && keys.includes('sla')
          ? 'a trigger fires at a mark: mark: breach; `is` is a word of waits and goals'
          : nearest(key, known) === undefined
            ? didYouMean(key, allowed)
            : didYouMean(key, [...known]),
    });
  }
  if (strange.length === 0) reportMixture(context, keys, whole, path);
  return undefined;
}

function reportMixture(context: FileContext, keys: string[], whole: readonly ConditionSyntax[], path: Path): void {
  const { conditions } = context.world.registry;
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
  const together = keys.length === 1 ? `${quote(keys[0]!)} alone means` : `${keys.map(quote).join(', ')} together mean`;
  const message = `${together} no trigger; near are ${near.map((c) => c.kind).join(' and ')}`;
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
