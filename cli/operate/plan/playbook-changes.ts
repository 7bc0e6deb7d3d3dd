/** What is not the same in two versions of a playbook, and in the settings and people around them, in words. */
import { canonical } from '../../../language/canonical.ts';
import type { CompiledPlaybook, Json, PlaybookVersion } from '../../../language/model.ts';
import type { DeployedConfig } from '../../../store/deployments/deployments.ts';
import { shown, stepChanges } from './step-changes.ts';

/** The keys of a compiled playbook, by the words of its file; the steps are compared by themselves. */
const WORDS: { [key in keyof CompiledPlaybook]?: string } = {
  description: 'description',
  subject: 'subject',
  owner: 'owner',
  timeZone: 'time_zone',
  calendar: 'calendar',
  precedence: 'precedence',
  audience: 'audience',
  again: 'again',
  tooLateAfterMs: 'too_late_after',
  ifRefusedMs: 'if_refused',
  startsWithCurrent: 'start_with',
  holdoutPercent: 'holdout',
  neverHeldOut: 'holdout: none',
  anonymous: 'anonymous',
  sensitive: 'sensitive',
  topic: 'topic',
  quietHours: 'quiet_hours',
  ifCapped: 'if_capped',
  goal: 'goal',
  exitOn: 'exit_on',
};

/** Sentences, none for versions of one hash. */
export function changesBetween(before: PlaybookVersion, after: PlaybookVersion): string[] {
  if (before.hash === after.hash) return [];
  const { playbook: old } = before;
  const { playbook: changed } = after;
  const sentences: string[] = [];
  if (old.trigger.hash !== changed.trigger.hash) sentences.push('trigger, or what it refers to');
  for (const key of Object.keys(WORDS) as (keyof CompiledPlaybook)[]) {
    const [a, b] = [(old[key] ?? null) as Json, (changed[key] ?? null) as Json];
    if (canonical(a) !== canonical(b)) sentences.push(`${WORDS[key]}: ${shown(a)} → ${shown(b)}`);
  }
  sentences.push(...stepChanges(before, after));
  const byName = <T extends { name: string }>(list: readonly T[]) => Object.fromEntries(list.map((x) => [x.name, x]));
  sentences.push(
    ...namedChanges('template', before.templates, after.templates),
    ...namedChanges('trait', byName(before.traits), byName(after.traits)),
    ...namedChanges('segment', byName(before.segments), byName(after.segments)),
    ...namedChanges('calendar', before.calendars, after.calendars),
    ...namedChanges('SLA policy', before.policies, after.policies),
  );
  return sentences.length > 0 ? sentences : ['how it is compiled, by another version of Cuebook'];
}

/** Of settings and people; they are not pinned: open enrolments go by them as well. */
export function surroundingChanges(before: DeployedConfig, after: DeployedConfig): string[] {
  const persons = (config: DeployedConfig) => Object.fromEntries(config.people.persons.map((one) => [one.id, one]));
  const rest = ({ people: { persons: _, ...others } }: DeployedConfig) => others;
  return [
    ...memberChanges('settings', before.settings, after.settings),
    ...namedChanges('person', persons(before), persons(after)),
    ...memberChanges('people', rest(before), rest(after)),
  ];
}

type Named = { [name: string]: unknown };

function memberChanges(where: string, before: object, after: object): string[] {
  const [a, b] = [before as Named, after as Named];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => !isSame(a[name], b[name]))
    .sort()
    .map((name) => `${where}: ${name} ${shown((a[name] ?? null) as Json)} → ${shown((b[name] ?? null) as Json)}`);
}

function namedChanges(what: string, before: Named, after: Named): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [a, b] = [before[name], after[name]];
    if (isSame(a, b)) return [];
    if (a === undefined) return [`new: ${what} ${name}`];
    if (b === undefined) return [`gone: ${what} ${name}`];
    const [old, changed] = [a as Named, b as Named];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(changed)])];
    const differ = keys.filter((key) => key !== 'reads' && !isSame(old[key], changed[key])).sort();
    return [`changed: ${what} ${name}: ${differ.join(', ')}`];
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}
