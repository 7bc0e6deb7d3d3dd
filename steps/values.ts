/** Values that a step gives to what is outside: JSON of any shape, in which each text may be a template (S10, S17). */
import { isJsonObject } from '../language/json.ts';
import type { Json, Text } from '../language/model.ts';
import type { CompileContext, Path } from '../language/syntax.ts';
import type { Facts } from './step.ts';

export type ValueTree =
  | { text: Text }
  | { value: Json }
  | { list: ValueTree[] }
  | { members: { [name: string]: ValueTree } };

export function compileValues(written: Json, path: Path, context: CompileContext): ValueTree {
  if (typeof written === 'string') return { text: context.valueText(written, path) };
  if (Array.isArray(written)) return { list: written.map((one, i) => compileValues(one, [...path, i], context)) };
  if (!isJsonObject(written)) return { value: written };
  const members = Object.entries(written).map(([name, one]) => [name, compileValues(one, [...path, name], context)]);
  return { members: Object.fromEntries(members) };
}

/** @throws TextError where a text, or all of it, comes to more than 256 kB */
export function renderValues(tree: ValueTree, facts: Pick<Facts, 'text'>): Json {
  if ('text' in tree) return facts.text(tree.text);
  if ('value' in tree) return tree.value;
  if ('list' in tree) return tree.list.map((one) => renderValues(one, facts));
  return Object.fromEntries(Object.entries(tree.members).map(([name, one]) => [name, renderValues(one, facts)]));
}
