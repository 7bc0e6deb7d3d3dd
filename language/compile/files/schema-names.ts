/** The names of a folder in its JSON Schemas: an editor offers them where they may stand; others are the linter's to refuse. */
import type { Workspace } from '../../model.ts';

/** By kind. */
export interface FolderNames {
  templates: string[];
  playbooks: string[];
  calendars: string[];
  /** `standard.first_response` */
  clocks: string[];
  segments: string[];
  persons: string[];
  /** Whatever leads to people: persons, roles, teams, channels (W1). */
  addressees: string[];
  teams: string[];
}

export function namesIn({ templates, playbooks, calendars, policies, segments, people }: Workspace): FolderNames {
  const persons = people.persons.map(({ id }) => id);
  const teams = Object.keys(people.teams);
  const roles = people.persons.flatMap(({ role }) => (role === undefined ? [] : [role]));
  const names: FolderNames = {
    templates: Object.keys(templates),
    playbooks: playbooks.map(({ playbook }) => playbook),
    calendars: Object.keys(calendars),
    clocks: Object.entries(policies).flatMap(([name, { clocks }]) =>
      Object.keys(clocks).map((one) => `${name}.${one}`),
    ),
    segments: segments.map(({ name }) => name),
    persons,
    addressees: [
      ...persons,
      ...roles,
      ...teams.map((name) => `team:${name}`),
      ...Object.keys(people.channels).map((name) => `channel:${name}`),
    ],
    teams,
  };
  const sorted = Object.entries(names as unknown as { [kind: string]: string[] });
  return Object.fromEntries(sorted.map(([kind, list]) => [kind, [...new Set(list)].sort()])) as unknown as FolderNames;
}

/** Keys whose texts are names, wherever they stand in a schema. */
const KEYS: { readonly [key: string]: keyof FolderNames } = {
  template: 'templates',
  run: 'playbooks',
  calendar: 'calendars',
  sla: 'clocks',
  enters: 'segments',
  leaves: 'segments',
  assign: 'addressees',
  to: 'addressees',
  notify: 'addressees',
  approve: 'addressees',
  among: 'addressees',
  owner: 'addressees',
  manager: 'persons',
  deputy: 'persons',
  lead: 'persons',
  fallback: 'persons',
  team: 'teams',
};

export function withNames(schema: unknown, names: FolderNames): unknown {
  if (Array.isArray(schema)) return schema.map((one) => withNames(one, names));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNames(value, names)]));
  const { properties } = copy as { properties?: { [key: string]: unknown } };
  if (typeof properties !== 'object' || properties === null) return copy;
  for (const [key, one] of Object.entries(properties)) {
    const known = Object.hasOwn(KEYS, key) ? names[KEYS[key]!] : [];
    if (known.length > 0) properties[key] = offering(one, known);
  }
  return copy;
}

/** Of a text one of them, or any; of a list of texts each; anything else stays. */
function offering(schema: unknown, names: readonly string[]): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type, items, anyOf } = schema as { type?: unknown; items?: unknown; anyOf?: unknown[] };
  if (type === 'string' && !('enum' in schema) && !('const' in schema)) return { anyOf: [{ enum: names }, schema] };
  if (type === 'array' && items !== undefined) return { ...schema, items: offering(items, names) };
  if (Array.isArray(anyOf)) return { ...schema, anyOf: anyOf.map((one) => offering(one, names)) };
  return schema;
}
