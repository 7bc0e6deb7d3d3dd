/** Which condition the keys of a trigger tell (Y1), and where they tell none, what they came close to. */

import { didYouMean, nearest } from '../../diagnostics/nearest.ts';
import { written } from '../../diagnostics/written.ts';
import type { ConditionSyntax, Path } from '../../syntax.ts';
import { parseDuration } from '../../time/duration.ts';
import { keyMeant } from '../lint/hints.ts';
import type { FileContext } from '../scope.ts';
import { keysAt, unknownKeys } from '../shape.ts';
import { triggerMeant } from './trigger-slips.ts';

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
  if (strange.length === keys.length && !strange.some((key) => meant(context, { key, value }, [...known]))) {
    reportNothing(context, keys, path);
    return undefined;
  }
  const allowed = [...(whole[0] === undefined ? known : keysAt(whole[0].schema, [])), ...ARM_KEYS];
  for (const key of strange) {
    const hint = meant(context, { key, value }, [...known]) ?? didYouMean(key, allowed);
    context.file.key([...path, key], { code: 'CB201', message: `unknown key \`${key}\` in a trigger`, hint });
  }
  if (strange.length === 0) reportMixture(context, value, path);
  return undefined;
}

/** What a key is called here, or how it is said here; undefined where nothing is known of it. */
function meant(
  context: FileContext,
  { key, value }: { key: string; value: Written },
  known: readonly string[],
): string | undefined {
  const other = triggerMeant(key, value);
  if (other !== undefined) return other;
  // The reference has them under these names, and tells them by other keys.
  const named = context.world.registry.conditions.find(({ kind }) => kind === key);
  if (named !== undefined)
    return `\`${key}\` is told by ${named.keys.join(', ')}: write ${named.example.replace(/^trigger: /, '')}`;
  const ours = keyMeant(key, known) ?? nearest(key, known);
  return ours === undefined ? undefined : `did you mean \`${ours}\`?`;
}

function reportNothing(context: FileContext, keys: string[], path: Path): void {
  const { conditions } = context.world.registry;
  const kinds = conditions.map((condition) => `${condition.kind} (${condition.keys.join(', ')})`);
  const message =
    keys.length === 0 ? 'the trigger is empty' : `no kind of trigger has ${keys.map(quote).join(' and ')}`;
  context.report('CB204', path, message, `kinds of triggers: ${kinds.join('; ')}`);
}

/** How far the keys that were written are from those of one condition. */
interface Near {
  condition: ConditionSyntax;
  missing: string[];
  alien: string[];
}

function reportMixture(context: FileContext, value: Written, path: Path): void {
  const keys = Object.keys(value);
  const near = closest(context.world.registry.conditions, keys);
  const best = near[0];
  if (best === undefined) {
    // What a kind of trigger takes beside its own key, and another tool has as a trigger: `every: 1d`.
    const key = keys.find((one) => triggerMeant(one, value) !== undefined);
    if (key !== undefined) {
      const message = `\`${key}\` alone is no trigger`;
      context.file.key([...path, key], { code: 'CB205', message, hint: triggerMeant(key, value) });
      return;
    }
    reportNothing(context, keys, path);
    return;
  }
  const together = keys.map(quote).join(' and ');
  if (near.every(({ alien }) => alien.length === 0)) {
    const needs = near.map(({ missing }) => missing.map(quote).join(' and ')).join(', or ');
    const message = `${together} ${keys.length === 1 ? 'needs' : 'need'} ${needs} as well`;
    context.report('CB205', path, message, `write { ${writtenOut(value, best)} }`);
    return;
  }
  const [alone] = near;
  if (near.length === 1 && alone!.alien.length === 1 && alone!.missing.length === 1) {
    const [key] = alone!.alien;
    const message = `a trigger with ${quote(keys.find((other) => other !== key) ?? key!)} has no ${quote(key!)}`;
    context.file.key([...path, key!], { code: 'CB205', message, hint: `did you mean ${quote(alone!.missing[0]!)}?` });
    return;
  }
  if (near.length === 1 && alone!.missing.length === 0) {
    for (const key of alone!.alien) {
      const others = context.world.registry.conditions.filter(({ schema }) => keysAt(schema, []).includes(key));
      const hint = `take it out; ${quote(key)} goes with ${others.map(({ keys: [first] }) => quote(first!)).join(', ')}`;
      const message = `a trigger with ${alone!.condition.keys.map(quote).join(' and ')} has no ${quote(key)}`;
      context.file.key([...path, key], { code: 'CB205', message, hint });
    }
    return;
  }
  const message = `${together} mean no trigger together`;
  const words = near.map(({ condition, missing, alien }) => {
    const parts = [
      missing.length > 0 ? `needs ${missing.map(quote).join(' and ')}` : '',
      alien.length > 0 ? `has no ${alien.map(quote).join(' and no ')}` : '',
    ];
    return `${condition.kind} (${condition.keys.join(', ')}) ${parts.filter(Boolean).join(' and ')}`;
  });
  context.report('CB205', path, message, words.join('; '));
}

/** The conditions that share keys with what was written, those of the fewest changes: a key too many weighs more than one too few. */
function closest(conditions: readonly ConditionSyntax[], keys: readonly string[]): Near[] {
  const all = conditions.flatMap((condition): Near[] => {
    if (!condition.keys.some((key) => keys.includes(key))) return [];
    const takes = [...condition.keys, ...keysAt(condition.schema, [])];
    return [
      {
        condition,
        missing: condition.keys.filter((key) => !keys.includes(key)),
        alien: keys.filter((key) => !takes.includes(key)),
      },
    ];
  });
  const far = ({ condition, missing, alien }: Near) =>
    missing.length + 1.5 * alien.length + (keys.includes(condition.keys[0]!) ? 0 : 0.25);
  const least = Math.min(...all.map(far));
  return all.filter((near) => far(near) === least).slice(0, 3);
}

/** In the place of a value that is missing. */
const EXAMPLES: { [key: string]: string } = {
  event: 'cart.updated',
  unless: 'order.completed',
  within: '1h',
  for: '30d',
  at_least: '3',
  fewer_than: '3',
  of: 'call.logged',
  inactive: 'order.completed',
  mark: '80%',
  sla: 'standard.first_response',
  metric: '{ sum: event.units, event: usage.reported }',
  over: '7d',
  drops: '50%',
  compared_with: '28d',
};

/** What was written, with what is missing; a length of time where a name should be is what `for` takes. */
function writtenOut(value: Written, { condition, missing }: Near): string {
  const given = Object.entries(value).flatMap(([key, own]): [string, string][] => {
    if (typeof own === 'object') return [[key, '…']];
    const isLength = condition.kind === 'inactivity' && key === 'inactive' && parseDuration(written(own)) !== undefined;
    return isLength
      ? [
          [key, EXAMPLES.inactive!],
          ['for', written(own)],
        ]
      : [[key, written(own)]];
  });
  const more = missing.map((key): [string, string] => [key, EXAMPLES[key] ?? '…']);
  return [...new Map([...more, ...given])]
    .sort(([a], [b]) => orderOf(condition, a) - orderOf(condition, b))
    .map(([key, own]) => `${key}: ${own}`)
    .join(', ');
}

function orderOf({ keys }: ConditionSyntax, key: string): number {
  const at = keys.indexOf(key);
  return at < 0 ? keys.length : at;
}

function quote(key: string): string {
  return `\`${key}\``;
}
