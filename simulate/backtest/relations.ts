/** How the events of a run may be divided among processors, as its playbooks need it. */
import type { Json, People, PlaybookVersion } from '../../language/model.ts';
import { isPath } from '../../language/records/people.ts';

/** Keys of steps with values that lead to a person. */
const LEADING = new Set(['to', 'assign', 'assignee', 'notify', 'approve', 'recipients']);
/** Names that read across all records. */
const ACROSS = /\b(?:mine|all|report)\.|\bshare\(|\.duplicates\b/;

/** Traits that lead from one record to a contact (`account.main_contact`). */
export function relationTraits(versions: readonly PlaybookVersion[]): ReadonlySet<string> {
  const found = new Set<string>();
  const path = (text: string, least: number) => {
    const [, trait, ...more] = text.split('.');
    if (isPath(text) && trait !== undefined && more.length >= least) found.add(trait);
  };
  const walk = (value: Json, key: string): void => {
    if (typeof value === 'string') {
      if (LEADING.has(key)) path(value, 0);
      else if (key === 'reads') path(value, 1);
    } else if (Array.isArray(value)) for (const item of value) walk(item, key);
    else if (value !== null && typeof value === 'object') {
      for (const [name, item] of Object.entries(value)) walk(item, name);
    }
  };
  for (const { playbook } of versions) walk(playbook as unknown as Json, '');
  return found;
}

/** True where a playbook looks at more than one component: of colleagues, of the workspace, across all records. */
export function needsAll(versions: readonly PlaybookVersion[]): boolean {
  return versions.some(
    ({ playbook, segments }) =>
      playbook.subject === 'colleague' ||
      playbook.subject === 'workspace' ||
      ACROSS.test(JSON.stringify([playbook, segments])),
  );
}

/** Everything by which a trait may name a colleague or a team. */
export function colleagueNames({ persons, teams }: People): ReadonlySet<string> {
  const roles = persons.flatMap(({ role }) => (role === undefined ? [] : [role]));
  return new Set([...persons.map(({ id }) => id), ...teams.map(({ id }) => id), ...roles]);
}
