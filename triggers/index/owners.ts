/**
 * What state belongs to, as rows name it: `playbook:<name>#<arm>`, `sla:<policy>.<clock>`, `trait:<name>`. An asker, which
 * is counted when a value has the wrong type, is named alike; a playbook's arms are one asker.
 */
import { canonicalHash } from '../../language/canonical.ts';
import type { ComputedTrait, PlaybookVersion, SubjectType } from '../../language/model.ts';
import type { StateOwner } from '../engine/state.ts';

export const PLAYBOOK_OWNER_PREFIX = 'playbook:';
export const SLA_OWNER_PREFIX = 'sla:';
export const TRAIT_OWNER_PREFIX = 'trait:';
/** The next instant at which time may turn what open enrolments of the subject wait for. */
export const AWAITED_OWNER = 'awaited:';

export function playbookSource(playbook: string): string {
  return `${PLAYBOOK_OWNER_PREFIX}${playbook}`;
}

export function armOwner(playbook: string, index: number): string {
  return `${PLAYBOOK_OWNER_PREFIX}${playbook}#${index}`;
}

/** The playbook of an arm's state; undefined for state of another kind. */
export function playbookOfOwner(owner: string): string | undefined {
  if (!owner.startsWith(PLAYBOOK_OWNER_PREFIX)) return undefined;
  return owner.slice(PLAYBOOK_OWNER_PREFIX.length, owner.lastIndexOf('#'));
}

export function clockOwner(policy: string, clock: string): string {
  return `${SLA_OWNER_PREFIX}${policy}.${clock}`;
}

export function isClockOwner(owner: string): boolean {
  return owner.startsWith(SLA_OWNER_PREFIX);
}

export function traitOwner(trait: string): string {
  return `${TRAIT_OWNER_PREFIX}${trait}`;
}

/** The trait of a fold's state; undefined for state of another kind. */
export function traitOfOwner(owner: string): string | undefined {
  return owner.startsWith(TRAIT_OWNER_PREFIX) ? owner.slice(TRAIT_OWNER_PREFIX.length) : undefined;
}

export function traitHash(trait: ComputedTrait): string {
  return canonicalHash(trait);
}

/** What the state of subjects belongs to by some versions: arms, traits and clocks, each once. */
export function stateOwnersOf(versions: readonly PlaybookVersion[]): StateOwner[] {
  const found = new Map<string, StateOwner>();
  const add = (subject: SubjectType, owner: string, hash: string) => {
    const id = `${subject} ${owner}`;
    if (!found.has(id)) found.set(id, { subject, owner, hash });
  };
  for (const { playbook, traits, policies, calendars } of versions) {
    const { trigger, subject } = playbook;
    for (const index of trigger.arms.keys()) add(subject, armOwner(playbook.playbook, index), trigger.hash);
    for (const trait of traits) add(trait.subject, traitOwner(trait.name), traitHash(trait));
    for (const policy of Object.values(policies)) {
      for (const clock of policy.clocks) {
        // A calendar that changes makes no other state, but the clocks that run have to be measured by it.
        const calendar = calendars[policy.calendar];
        add(policy.subject, clockOwner(policy.name, clock.name), canonicalHash({ clock, calendar }));
      }
    }
  }
  return [...found.values()];
}
