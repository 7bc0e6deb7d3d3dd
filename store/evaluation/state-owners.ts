/** What the state of subjects belongs to, by the versions that are deployed (T18). */
import { canonicalHash } from '../../language/canonical.ts';
import type { PlaybookVersion, SubjectType } from '../../language/model.ts';

export interface StateOwner {
  subject: SubjectType;
  /** `playbook:<name>#<arm>`, `sla:<policy>.<clock>`, `trait:<name>` */
  owner: string;
  hash: string;
}

/** Of arms, traits and clocks, each once. The hashes tell what changed. */
export function stateOwnersOf(versions: readonly PlaybookVersion[]): StateOwner[] {
  const found = new Map<string, StateOwner>();
  const add = (subject: SubjectType, owner: string, hash: string) => {
    const id = `${subject} ${owner}`;
    if (!found.has(id)) found.set(id, { subject, owner, hash });
  };
  for (const { playbook, traits, policies, calendars } of versions) {
    const { trigger, subject } = playbook;
    trigger.arms.forEach((_, index) => {
      add(subject, `playbook:${playbook.playbook}#${index}`, trigger.hash);
    });
    for (const trait of traits) add(trait.subject, `trait:${trait.name}`, canonicalHash(trait));
    for (const policy of Object.values(policies)) {
      for (const clock of policy.clocks) {
        // A calendar that changes makes no other state, but the clocks that run have to be measured by it.
        const calendar = calendars[policy.calendar];
        add(policy.subject, `sla:${policy.name}.${clock.name}`, canonicalHash({ clock, calendar }));
      }
    }
  }
  return [...found.values()];
}
