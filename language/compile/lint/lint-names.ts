/**
 * Names of events and traits that look misspelt. Both are free, so nothing is said of a name that is merely unknown: only of
 * one that nothing else of the folder knows, while something there has nearly that name (`trial.startd`, `trial.started`).
 */
import { isJsonObject } from '../../json.ts';
import { type Json, RECORD_TYPES } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import type { PlaybookTest } from '../tests/types.ts';
import { isSlip, type LintedPlaybook } from './lint-keys.ts';

/** Traits that Cuebook itself reads or that every record has: nobody need write them in the folder. */
const USUAL_TRAITS = ['id', 'name', 'email', 'phone', 'country', 'time_zone', 'consent', 'owner', 'team', 'status'];
const OWN_TRAITS = ['priority', 'assignee', 'accountId', 'contactId', 'region', 'territory', 'tags', 'stage'];

/**
 * What is compared in one compilation: a folder of thousands of names that nothing else knows has no slips, but another
 * way of naming.
 */
const MAX_COMPARED = 50_000;

export function lintNames(playbooks: readonly LintedPlaybook[], world: WorkspaceContext): void {
  let left = MAX_COMPARED;
  const nearestOf: NearestOf = (name, known) => {
    left -= known.size;
    return left < 0 ? undefined : [...known].find((one) => isSlip(name, one) || isSwap(name, one));
  };
  const happening = new Set(playbooks.flatMap(({ tests }) => tests.flatMap(eventsOf)));
  const written = writtenTraits(playbooks, world);
  const listening = listeners(playbooks, world);
  for (const playbook of playbooks) {
    for (const name of listenedBy(playbook)) {
      if (happening.has(name) || listening.get(name)! > 1) continue;
      const meant = nearestOf(name, happening);
      if (meant !== undefined) tellEvent(playbook.report, name, meant);
    }
    for (const [read, meant] of misspeltTraits(playbook, written, nearestOf)) tellTrait(playbook.report, read, meant);
  }
}

type NearestOf = (name: string, known: ReadonlySet<string>) => string | undefined;

function eventsOf(test: PlaybookTest): string[] {
  const own = test.events.flatMap((event) => (event.kind === 'event' ? [event.event] : []));
  return [...own, ...(test.generated?.events ?? []).map(({ event }) => event)];
}

function listenedBy({ version: { playbook } }: LintedPlaybook): Set<string> {
  const triggers = playbook.trigger.arms.flatMap((arm) =>
    Object.values(arm.roles)
      .flat()
      .map(({ event }) => event),
  );
  const counted = Object.values(playbook.steps).flatMap(({ counts }) => counts);
  return new Set([...triggers, ...playbook.listensTo, ...counted]);
}

/** How many playbooks, traits and clocks listen to each name. */
function listeners(playbooks: readonly LintedPlaybook[], { traits, policies }: WorkspaceContext): Map<string, number> {
  const clocks = Object.values(policies).flatMap((policy) => policy.clocks);
  const patterns = [
    ...traits.flatMap((trait) => trait.events),
    ...clocks.flatMap(({ start, stop, resume, cancel }) => [...start, ...stop, ...resume, ...cancel]),
  ];
  const names = [...patterns.map(({ event }) => event), ...playbooks.flatMap((playbook) => [...listenedBy(playbook)])];
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Every trait that something of the folder writes, by the kind of record. */
function writtenTraits(
  playbooks: readonly LintedPlaybook[],
  { traits, settings }: WorkspaceContext,
): Map<string, Set<string>> {
  const found = new Map(
    RECORD_TYPES.map((type): [string, Set<string>] => [type, new Set([...USUAL_TRAITS, ...OWN_TRAITS])]),
  );
  const add = (type: string, record: unknown) => {
    if (isJsonObject(record)) for (const name of Object.keys(record)) found.get(type)?.add(name);
  };
  for (const { subject, name } of traits) found.get(subject)?.add(name);
  for (const [type, required] of Object.entries(settings.required))
    for (const name of required) found.get(type)?.add(name);
  for (const { version, tests } of playbooks) {
    for (const { config } of Object.values(version.playbook.steps)) {
      const { changes } = (config ?? {}) as { changes?: { type: string; trait: string }[] };
      for (const { type, trait } of changes ?? []) found.get(type)?.add(trait);
    }
    for (const { records, events } of tests) {
      for (const { type, traits: own } of records) add(type, own);
      for (const event of events) {
        if (event.kind === 'identify') add('contact', event.call);
        else if (event.kind === 'group') add('account', event.call);
        else if (event.kind === 'event') for (const type of RECORD_TYPES) add(type, event.properties[type]);
      }
    }
  }
  return found;
}

function misspeltTraits(
  { version }: LintedPlaybook,
  written: ReadonlyMap<string, ReadonlySet<string>>,
  nearestOf: NearestOf,
): [string, string][] {
  const { playbook } = version;
  const reads = new Set([
    ...Object.values(playbook.steps).flatMap((step) => step.reads),
    ...(playbook.audience?.reads ?? []),
    ...playbook.trigger.arms.flatMap((arm) => Object.values(arm.values).flatMap((value) => value.reads)),
    ...playbook.trigger.arms.flatMap((arm) =>
      Object.values(arm.roles)
        .flat()
        .flatMap(({ where }) => where?.reads ?? []),
    ),
  ]);
  return [...reads].flatMap((read): [string, string][] => {
    const [type, trait] = read.split('.') as [string, string | undefined];
    const known = written.get(type);
    if (trait === undefined || known === undefined || known.has(trait)) return [];
    const meant = nearestOf(trait, known);
    return meant === undefined ? [] : [[`${type}.${trait}`, `${type}.${meant}`]];
  });
}

/** `nmae`: short words with their letters in another order. */
function isSwap(name: string, known: string): boolean {
  const sorted = (text: string) => [...text].sort().join('');
  return name !== known && name.length >= 4 && sorted(name) === sorted(known);
}

function tellEvent(report: FileReport, name: string, meant: string): void {
  const place = placesOf(report.file.value, name).find(({ whole }) => whole);
  report.at(place?.path ?? ['trigger'], {
    severity: 'warning',
    code: 'CB635',
    message: `nothing else names the event \`${name}\``,
    hint: `did you mean \`${meant}\`, as in the tests?`,
  });
}

function tellTrait(report: FileReport, read: string, meant: string): void {
  const place = placesOf(report.file.value, read)[0];
  const finding = {
    severity: 'warning' as const,
    code: 'CB636',
    message: `nothing writes \`${read}\``,
    hint: `did you mean \`${meant}\`?`,
  };
  if (place === undefined) report.at([], finding);
  else report.inText(place.path, place.start, place.start + read.length, finding);
}

/** Where a name stands in a playbook, its tests left out; as a whole value, or within one. */
function placesOf(value: Json, name: string, path: Path = []): { path: Path; start: number; whole: boolean }[] {
  if (path.length === 1 && path[0] === 'tests') return [];
  if (typeof value === 'string') {
    const start = value.indexOf(name);
    return start < 0 ? [] : [{ path, start, whole: value === name }];
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => placesOf(item, name, [...path, i]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => placesOf(inner, name, [...path, key]));
}
