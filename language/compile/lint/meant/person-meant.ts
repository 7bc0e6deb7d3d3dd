/** Who is meant by what names no colleague, as it is written elsewhere. */
import type { People } from '../../../model.ts';

const LIST = /\s*(?:,|;|&|\band\b)\s*/;

/**
 * What to write; undefined where nothing is known of it.
 * @param known ids and roles
 */
export function personMeant(
  value: string,
  { persons, teams, channels }: People,
  known: readonly string[],
  roots: readonly string[],
): string | undefined {
  const path = /^\{\{\s*([\w.]+)\s*\}\}$/.exec(value)?.[1];
  if (path !== undefined) return `a path stands without braces: ${path}`;
  const several = value.split(LIST);
  if (several.length > 1 && several.every((name) => known.includes(name)))
    return `write a list: [${several.join(', ')}]`;
  const bare = value.replace(/^[#@]/, '');
  const named = persons.find(({ name }) => name?.toLowerCase() === bare.trim().toLowerCase());
  if (named !== undefined) return `write ${named.id}: persons are named by their ids`;
  if (bare !== value && known.includes(bare)) return `write ${bare}`;
  const asTeam = teams.some(({ id }) => id === bare) ? [`\`team:${bare}\` (its lead)`] : [];
  const asChannel = Object.hasOwn(channels, bare) ? [`\`channel:${bare}\``] : [];
  const either = [...asTeam, ...asChannel];
  if (either.length > 0) return `did you mean ${either.join(' or ')}?`;
  const first = roots.find((root) => ['ticket', 'deal', 'contact', 'account'].includes(root));
  if (/^(?:owner|assignee|team|manager|rep|agent)$/.test(bare) && first !== undefined) {
    return `did you mean \`${first}.${bare}\`?`;
  }
  return undefined;
}
