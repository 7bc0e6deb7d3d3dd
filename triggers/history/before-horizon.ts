/** An event older than a subject's horizon (E5): no replay begins before it, so it fires nothing and counts in `ever` alone. */

import { placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { entryKey, putStateEntry, type SubjectState } from '../engine/state.ts';
import type { TriggerProgram } from '../index/program.ts';
import { aggregateOf } from '../traits/aggregate.ts';
import { foldEvent, type TraitState } from '../traits/fold-trait.ts';
import { isEver } from '../traits/trait-window.ts';

/**
 * Counts the event in the subject's traits over ever, as the earliest that they know: what a trait keeps is of later
 * events, and is folded again after it. Traits with a window, the latest few events, pairs and scores go without it.
 *
 * @param world as it stood at the event's place
 */
export function countInEver(program: TriggerProgram, state: SubjectState, event: TimelineEvent, world: World): void {
  const subject = program.subjects.get(state.subject.type);
  const view = { world, subject: state.subject, place: placeOfEvent(event), event, zone: program.settings.timeZone };
  for (const { trait, owner, hash } of subject?.traits.values() ?? []) {
    const hasWindow = !isEver(trait);
    if (hasWindow || trait.by || trait.kind === 'score') continue;
    const alone = foldEvent(trait, undefined, view);
    if (!alone) continue;
    const slot = state.slots.get(entryKey(owner, ''));
    const known = slot?.hash === hash ? (slot.state as unknown as TraitState) : undefined;
    const { ever } = aggregateOf(trait.kind);
    const entries = (known?.entries ?? []).reduce((before, entry) => ever(before, entry), alone.entries);
    putStateEntry(state, { owner, key: '', hash, state: { ...known, entries } as never, dueAt: slot?.dueAt });
  }
}
