/** Computed traits at the head of a timeline (T14). */
import type { Instant } from '../language/model.ts';
import { placeOfEvent, type TimelineEvent } from '../language/timeline.ts';
import type { World } from '../language/world.ts';
import { foldEvent, nextLeaveAt, type TraitState } from './fold-trait.ts';
import { TRAIT_OWNER_PREFIX } from './owners.ts';
import type { SubjectProgram, TraitProgram, TriggerProgram } from './program.ts';
import { holdsAt, type View, valueAt } from './situation.ts';
import { type Looked, putSlot, type SubjectState, slotKey } from './state.ts';

/** A trait read while an event is looked at includes that event. */
export function traitsOfEvent(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: Looked,
): void {
  const done = new Set<string>();
  for (const { program: trait, pattern } of subject.traitsByEvent.get(event.name) ?? []) {
    if (done.has(trait.owner)) continue; // a list of patterns means any: the event counts once
    const view: View = {
      world,
      subject: state.subject,
      place: placeOfEvent(event),
      event,
      zone: program.settings.timeZone,
    };
    if (!holdsAt(view, pattern.where)) continue;
    done.add(trait.owner);
    const before = stateOf(state, trait);
    const value = trait.trait.value && valueAt(view, trait.trait.value);
    const after = foldEvent(trait.trait, before, event.at, value);
    keep(state, trait, after, event.at);
    looked.traits.push(trait.trait.name);
  }
}

/** An event that leaves a window changes the trait: what waits for it looks again. */
export function traitsOfDeadline(subject: SubjectProgram, state: SubjectState, at: Instant, looked: Looked): void {
  for (const slot of [...state.slots.values()]) {
    if (slot.dueAt === undefined || slot.dueAt > at || !slot.owner.startsWith(TRAIT_OWNER_PREFIX)) continue;
    const trait = subject.traits.get(slot.owner);
    if (!trait) {
      putSlot(state, { owner: slot.owner, key: slot.key, state: undefined });
      continue;
    }
    keep(state, trait, slot.state as unknown as TraitState, at);
    looked.traits.push(trait.trait.name);
  }
}

function keep(state: SubjectState, trait: TraitProgram, after: TraitState, at: Instant): void {
  const { overMs } = trait.trait;
  const entries = overMs === undefined ? after.entries : after.entries.filter((entry) => entry.at > at - overMs);
  if (entries.length === 0) {
    putSlot(state, { owner: trait.owner, key: '', state: undefined });
    return;
  }
  const dueAt = nextLeaveAt(trait.trait, { entries }, at);
  putSlot(state, { owner: trait.owner, key: '', hash: trait.hash, state: { entries } as never, dueAt });
}

function stateOf(state: SubjectState, trait: TraitProgram): TraitState | undefined {
  const slot = state.slots.get(slotKey(trait.owner, ''));
  return slot?.hash === trait.hash ? (slot.state as unknown as TraitState) : undefined;
}
