/** Computed traits at the head of a timeline (T14). */
import type { Instant } from '../../language/model.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { TRAIT_OWNER_PREFIX } from '../index/owners.ts';
import type { SubjectProgram, TraitProgram, TriggerProgram } from '../index/program.ts';
import { foldEvent, pruned, type TraitState } from '../traits/fold-trait.ts';
import { foldRanks } from '../traits/trait-reads.ts';
import { nextLeaveAt } from '../traits/trait-window.ts';
import { zoneOf } from './evaluation-view.ts';
import { type EvaluationResult, entryKey, putStateEntry, type SubjectState } from './state.ts';

/** A trait read while an event is looked at includes that event. */
export function foldTraits(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  event: TimelineEvent,
  world: World,
  looked: EvaluationResult,
): void {
  if (subject.traits.size === 0) return;
  const place = placeOfEvent(event);
  const zone = program.settings.timeZone;
  const view = { world, subject: state.subject, place, event, zone };
  const { wrongTypes } = looked;
  const ranks = foldRanks(subject);
  const candidates = subject.traitsByEvent.get(event.name)?.candidates(view) ?? [];
  const listening = new Set(candidates.map(({ listener }) => listener.program));
  for (const trait of [...listening].sort((a, b) => ranks.get(a.owner)! - ranks.get(b.owner)!)) {
    const asking = { world, subject: state.subject, place, event, zone, asker: trait.owner, wrongTypes };
    const after = foldEvent(trait.trait, stateOf(state, trait), asking);
    if (!after) continue;
    keep(state, trait, after, event.at, () => zoneOf(world, state.subject, place, zone));
    looked.traits.push(trait.trait.name);
  }
  if (movesZone(state, event)) monthsAnew(subject, state, event.at, zoneOf(world, state.subject, place, zone), looked);
}

/** An event that leaves a window changes the trait: what waits for it looks again. */
export function foldDueTraits(
  program: TriggerProgram,
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  world: World,
  looked: EvaluationResult,
): void {
  for (const slot of state.slots.values()) {
    if (slot.dueAt === undefined || slot.dueAt > at || !slot.owner.startsWith(TRAIT_OWNER_PREFIX)) continue;
    const trait = subject.traits.get(slot.owner);
    if (!trait || trait.hash !== slot.hash) {
      putStateEntry(state, { owner: slot.owner, key: slot.key, state: undefined });
      continue;
    }
    const zone = () => zoneOf(world, state.subject, placeOfDeadline(at), program.settings.timeZone);
    keep(state, trait, slot.state as unknown as TraitState, at, zone);
    looked.traits.push(trait.trait.name);
  }
}

/** A subject that moves to another zone has months that begin elsewhere: their deadlines and values are other ones. */
function monthsAnew(
  subject: SubjectProgram,
  state: SubjectState,
  at: Instant,
  zone: string,
  looked: EvaluationResult,
): void {
  for (const trait of subject.traits.values()) {
    const known = trait.trait.overMonth && stateOf(state, trait);
    if (!known) continue;
    keep(state, trait, known, at, () => zone);
    if (!looked.traits.includes(trait.trait.name)) looked.traits.push(trait.trait.name);
  }
}

function movesZone({ subject }: SubjectState, event: TimelineEvent): boolean {
  return event.patches.some(
    ({ type, id, traits }) => type === subject.type && id === subject.id && Object.hasOwn(traits, 'time_zone'),
  );
}

function keep(state: SubjectState, trait: TraitProgram, after: TraitState, at: Instant, zone: () => string): void {
  const { owner, hash } = trait;
  const kept = pruned(trait.trait, after, at);
  if (!kept) {
    putStateEntry(state, { owner, key: '', state: undefined });
    return;
  }
  const dueAt = nextLeaveAt(trait.trait, kept.entries, at, trait.trait.overMonth ? zone() : 'UTC');
  putStateEntry(state, { owner, key: '', hash, state: kept as never, dueAt });
}

function stateOf(state: SubjectState, trait: TraitProgram): TraitState | undefined {
  const slot = state.slots.get(entryKey(trait.owner, ''));
  return slot?.hash === trait.hash ? (slot.state as unknown as TraitState) : undefined;
}
