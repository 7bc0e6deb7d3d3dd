/** What a deployment makes of the state that is there (T18): what is built anew from the stored events, and what goes. */
import type { RebuildFacts, RebuildPlan, StateOwner } from '../engine/state.ts';
import { isClockOwner, playbookOfOwner, stateOwnersOf } from '../index/owners.ts';

export function planRebuild({ versions, running, before, known }: RebuildFacts): RebuildPlan {
  const deployed = stateOwnersOf(versions);
  const playbooks = versions
    .filter(({ playbook }) => before.get(playbook.playbook)?.triggerHash !== playbook.trigger.hash)
    .map(({ playbook }) => playbook.playbook);
  const hashes = new Map(known.map(({ subject, owner, hash }) => [`${subject} ${owner}`, hash]));
  const owners = deployed.filter(
    ({ subject, owner, hash }) => playbookOfOwner(owner) === undefined && hashes.get(`${subject} ${owner}`) !== hash,
  );
  // An open journey may still wait for a mark of a clock that nothing deployed reads any more.
  const runningClocks = stateOwnersOf(running).filter(({ owner }) => isClockOwner(owner));
  const read = new Set([...deployed, ...runningClocks].map(({ owner }) => owner));
  // What goes later, with the last journey that reads it, is remembered until then.
  const isDeployed = new Set(deployed.map(({ owner }) => owner));
  const leaving = known.filter(({ owner }) => isClockOwner(owner) && read.has(owner) && !isDeployed.has(owner));
  return {
    playbooks,
    owners: namesOf(owners),
    gone: namesOf(known.filter(({ owner }) => !read.has(owner))),
    read: [...read],
    remembered: [...deployed, ...leaving],
  };
}

function namesOf(owners: readonly StateOwner[]): string[] {
  return [...new Set(owners.map(({ owner }) => owner))].sort();
}
