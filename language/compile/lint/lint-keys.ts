/**
 * Keys over a field that no event has. Fields are free, so nothing is said of a name that is merely unknown: only of one
 * that nothing else mentions while the same event has one of nearly that name (`event.cart_idd`, `event.cart_id`).
 */

import { editDistance } from '../../diagnostics/nearest.ts';
import { isJsonObject } from '../../json.ts';
import type { CompiledArm, EventPattern, PlaybookVersion } from '../../model.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import type { PlaybookTest } from '../tests/types.ts';
import { stepPlace } from './journey/places.ts';

export interface LintedPlaybook {
  version: PlaybookVersion;
  tests: readonly PlaybookTest[];
  report: FileReport;
}

/** Warns of each key in a trigger, and of each value that a step shows, with a field that looks misspelt. */
export function lintKeys(playbooks: readonly LintedPlaybook[], world: WorkspaceContext): void {
  const fields = fieldsOfFolder(playbooks, world, true);
  for (const playbook of playbooks) {
    for (const index of playbook.version.playbook.trigger.arms.keys()) lintArm(playbook, index, fields);
  }
  const brought = fieldsOfFolder(playbooks, world, false);
  for (const playbook of playbooks) lintShown(playbook, brought);
}

/** @param withSteps what steps and templates read counts as mentioned, too */
function fieldsOfFolder(playbooks: readonly LintedPlaybook[], world: WorkspaceContext, withSteps: boolean): Fields {
  const fields = new Fields();
  for (const policy of Object.values(world.policies)) {
    for (const clock of policy.clocks) {
      for (const pattern of [...clock.start, ...clock.stop, ...clock.resume, ...clock.cancel]) fields.pattern(pattern);
    }
  }
  for (const trait of world.traits) for (const pattern of trait.events) fields.pattern(pattern, trait.value?.reads);
  for (const { version, tests } of playbooks) {
    fields.playbook(version, withSteps);
    for (const test of tests) fields.test(test);
  }
  return fields;
}

/** `{{ trigger.cart_ulr }}` where tests and conditions say `cart_url`: it would go out empty. */
function lintShown({ version: { playbook }, report }: LintedPlaybook, brought: Fields): void {
  const events = [...new Set(playbook.trigger.arms.flatMap(openingEvents))];
  const told = new Set<string>();
  for (const { path, kind, reads } of Object.values(playbook.steps)) {
    for (const field of fieldsOf(reads, ['trigger'])) {
      if (told.has(field) || brought.anywhere(field, playbook.playbook)) continue;
      const near = brought.of(events, playbook.playbook).find((known) => isSlip(field, known));
      if (near === undefined) continue;
      told.add(field);
      report.key([...stepPlace(path), kind], {
        code: 'CB659',
        severity: 'warning',
        message: `nothing else mentions \`trigger.${field}\` of ${events.join(' or ')}: it is likely always empty`,
        hint: `did you mean \`trigger.${near}\`? What a template of the step reads counts, too`,
      });
    }
  }
}

function lintArm({ version: { playbook }, report }: LintedPlaybook, index: number, fields: Fields): void {
  const arm = playbook.trigger.arms[index]!;
  const events = openingEvents(arm);
  for (const field of fieldsOf(arm.key?.reads ?? [], ['event', 'trigger'])) {
    if (fields.anywhere(field, playbook.playbook)) continue;
    const near = fields.of(events, playbook.playbook).find((known) => isSlip(field, known));
    if (near === undefined) continue;
    const written = isJsonObject(report.file.value) ? report.file.value.trigger : undefined;
    const any = isJsonObject(written) && Array.isArray(written.any) ? written.any : undefined;
    const own = any === undefined || (isJsonObject(any[index]) && any[index].key !== undefined);
    report.at(any !== undefined && own ? ['trigger', 'any', index, 'key'] : ['trigger', 'key'], {
      code: 'CB608',
      severity: 'warning',
      message: `nothing else mentions \`event.${field}\` of ${events.join(' or ')}: without a value an event is skipped`,
      hint: `did you mean \`event.${near}\`?`,
    });
  }
}

/** The names of events and what is read of them, with who reads a field as its key. */
class Fields {
  readonly #byEvent = new Map<string, Set<string>>();
  readonly #keys: { playbook: string; event: string; field: string }[] = [];

  pattern({ event, where, key }: EventPattern, more: readonly string[] = []): void {
    this.#add(event, fieldsOf([...(where?.reads ?? []), ...(key?.reads ?? []), ...more], ['event']));
  }

  playbook({ playbook, templates }: PlaybookVersion, withSteps: boolean): void {
    const steps = Object.values(playbook.steps).flatMap((step) => step.reads);
    const texts = Object.values(templates).flatMap((template) => template.reads);
    const shown = withSteps ? [...steps, ...texts] : [];
    const later = fieldsOf([...shown, ...(playbook.audience?.reads ?? [])], ['trigger']);
    for (const arm of playbook.trigger.arms) {
      const values = Object.values(arm.values).flatMap((value) => value.reads);
      const tables = Object.values(arm.windows).flatMap((window) => (window.kind === 'table' ? window.by.reads : []));
      for (const pattern of Object.values(arm.roles).flat()) this.pattern(pattern, [...values, ...tables]);
      for (const event of openingEvents(arm)) {
        this.#add(event, later);
        for (const field of fieldsOf(arm.key?.reads ?? [], ['event', 'trigger'])) {
          this.#keys.push({ playbook: playbook.playbook, event, field });
        }
      }
    }
    const value = playbook.goal?.value?.reads ?? [];
    for (const awaited of [...(playbook.goal?.awaited ?? []), ...playbook.exitOn]) {
      if (awaited.kind === 'event') this.pattern(awaited, value);
    }
  }

  test(test: PlaybookTest): void {
    for (const event of test.events) if (event.kind === 'event') this.#add(event.event, Object.keys(event.properties));
    for (const event of test.generated?.events ?? []) this.#add(event.event, Object.keys(event.properties));
  }

  /** Whether anything but the playbook's own keys mentions the field. */
  anywhere(field: string, playbook: string): boolean {
    if (this.#keys.some((key) => key.field === field && key.playbook !== playbook)) return true;
    return [...this.#byEvent.values()].some((fields) => fields.has(field));
  }

  of(events: readonly string[], playbook: string): string[] {
    const others = this.#keys.filter((key) => key.playbook !== playbook && events.includes(key.event));
    const fields = events.flatMap((event) => [...(this.#byEvent.get(event) ?? [])]);
    return [...new Set([...fields, ...others.map((key) => key.field)])].sort();
  }

  #add(event: string, fields: readonly string[]): void {
    let known = this.#byEvent.get(event);
    if (known === undefined) this.#byEvent.set(event, (known = new Set()));
    for (const field of fields) known.add(field);
  }
}

/** The events whose key is the arm's own. */
function openingEvents(arm: CompiledArm): string[] {
  const patterns = Object.values(arm.roles).flat();
  return [...new Set(patterns.filter((pattern) => pattern.key === undefined).map((pattern) => pattern.event))];
}

function fieldsOf(reads: readonly string[], roots: readonly string[]): string[] {
  return reads.flatMap((read) => {
    const [root, field] = read.split('.');
    return root !== undefined && roots.includes(root) && field !== undefined ? [field] : [];
  });
}

/** One letter in five or more, two in ten or more, or another way to write the same words: `cartId`, `cart_id`. */
export function isSlip(name: string, known: string): boolean {
  const [a, b] = [name, known].map((text) => text.toLowerCase().replace(/[_-]/g, '')) as [string, string];
  if (a === b) return name !== known;
  if (a.replace(/\d/g, '') === b.replace(/\d/g, '')) return false;
  const letters = Math.min(a.length, b.length);
  return letters >= 5 && editDistance(a, b) <= (letters >= 10 ? 2 : 1);
}
