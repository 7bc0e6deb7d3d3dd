/** Computed traits at the head of a timeline (T14). */
import type { TimelineEvent } from '../../language/records/timeline.ts';
import type { TraitProgram } from '../index/program.ts';
import { foldEvent, pruned, type TraitState } from '../traits/fold-trait.ts';
import { foldRanks } from '../traits/trait-reads.ts';
import { calendarUnitOf, nextLeaveAt } from '../traits/trait-window.ts';
import { type Evaluation, type EventEvaluation, isOfEvent, viewOf } from './evaluation.ts';
import { zoneOf } from './evaluation-view.ts';
import { currentEntryOf, putStateEntry, type SubjectState } from './state.ts';

export function foldTraits(evaluation: Evaluation): void {
  if (evaluation.listeners.traits.size === 0) return;
  if (isOfEvent(evaluation)) foldEventTraits(evaluation);
  else foldDueTraits(evaluation);
}

/** A trait read while an event is evaluated includes that event. */
function foldEventTraits(evaluation: EventEvaluation): void {
  const { listeners, state, event, result } = evaluation;
  const ranks = foldRanks(listeners);
  const candidates = listeners.traitsByEvent.get(event.name)?.candidates(evaluation) ?? [];
  const listening = new Set(candidates.map(({ listener }) => listener.program));
  for (const trait of [...listening].sort((a, b) => ranks.get(a.owner)! - ranks.get(b.owner)!)) {
    const after = foldEvent(trait.trait, keptState(state, trait), viewOf(evaluation, trait));
    if (!after) continue;
    keep(evaluation, trait, after);
    result.traits.push(trait.trait.name);
  }
  if (movesZone(state, event)) moveMonths(evaluation);
}

/** An event that leaves a window changes the trait: what waits for it is evaluated again. */
function foldDueTraits(evaluation: Evaluation): void {
  const { listeners, state, place, result } = evaluation;
  for (const slot of state.slots.values()) {
    if (slot.dueAt === undefined || slot.dueAt > place.at) continue;
    const trait = listeners.traits.get(slot.owner);
    if (!trait) continue;
    keep(evaluation, trait, slot.state as unknown as TraitState);
    result.traits.push(trait.trait.name);
  }
}

/** A subject that moves to another zone has months that begin elsewhere: their deadlines and values are other ones. */
function moveMonths(evaluation: Evaluation): void {
  const { listeners, state, result } = evaluation;
  for (const trait of listeners.traits.values()) {
    const known = calendarUnitOf(trait.trait) && keptState(state, trait);
    if (!known) continue;
    keep(evaluation, trait, known);
    if (!result.traits.includes(trait.trait.name)) result.traits.push(trait.trait.name);
  }
}

function movesZone({ subject }: SubjectState, event: TimelineEvent): boolean {
  return event.patches.some(
    ({ type, id, traits }) => type === subject.type && id === subject.id && Object.hasOwn(traits, 'time_zone'),
  );
}

function keep(
  { state, world, place }: Evaluation,
  { trait, owner, hash, zone }: TraitProgram,
  after: TraitState,
): void {
  const kept = pruned(trait, after, place.at);
  if (!kept) {
    putStateEntry(state, { owner, key: '', state: undefined });
    return;
  }
  const monthsZone = calendarUnitOf(trait) ? zoneOf(world, state.subject, place, zone) : 'UTC';
  const dueAt = nextLeaveAt(trait, kept.entries, place.at, monthsZone);
  putStateEntry(state, { owner, key: '', hash, state: kept as never, dueAt });
}

function keptState(state: SubjectState, trait: TraitProgram): TraitState | undefined {
  return currentEntryOf(state, trait)?.state as TraitState | undefined;
}
