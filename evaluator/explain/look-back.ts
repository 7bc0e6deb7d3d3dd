/**
 * Why nothing fired (V5): the subject's timeline is replayed up to an instant, by the engine that evaluates events as they
 * come, and each condition says of the states through which it went what is still needed. It reads, and writes nothing.
 */
import type { CompiledArm, Instant, Json, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type Place, placeOfDeadline, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { lookedWords } from '../../steps/words/decision-words.ts';
import { loadCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import { receivedAfter, unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Passed } from '../../triggers/condition.ts';
import { type EvaluationView, evaluatedValues, holdsAt, zoneAt } from '../../triggers/engine/evaluation-view.ts';
import { situationOf, valuesOf } from '../../triggers/engine/reduce-arm.ts';
import type { ClockEntry } from '../../triggers/engine/run-clocks.ts';
import { emptyState, entryKey, type StateEntry, type SubjectState } from '../../triggers/engine/state.ts';
import { startOfReplay } from '../../triggers/history/replay.ts';
import { armOwner, clockOwner } from '../../triggers/index/owners.ts';
import type { ArmProgram, TriggerProgram } from '../../triggers/index/program.ts';
import type { Deployed } from '../deployed-program.ts';
import { HistoryWorld } from '../late/history-world.ts';
import { replayStored, stateAt } from '../late/replay-timeline.ts';

/** An event of a name that the trigger waits for, whose `where` did not hold. */
export interface Unfitting {
  event: string;
  at: Instant;
  where: string;
  /** What was looked at. */
  values: { [name: string]: Json };
}

/** How one arm of a playbook's trigger stands. */
export interface ArmStanding {
  playbook: string;
  arm: number;
  /** By key, in words; of what has no key yet one without. */
  lacks: { key: string; words: string[] }[];
  /** The latest. */
  unfitting: Unfitting[];
}

export interface LookBack {
  at: Instant;
  /** What came in later is not known: the instant of the question. Absent: all that is stored is known. */
  knownAt?: Instant | undefined;
  playbook?: string | undefined;
  told(at: Instant): string;
}

/** Of one arm. */
const MAX_UNFITTING = 3;
/** States of one key, the latest: what a person reads is about those. */
const MAX_PASSED = 50;
/** Keys of one arm that are told, those that changed last. */
const MAX_KEYS = 5;

export async function lookBack(
  client: Queryable,
  { program, people }: Pick<Deployed, 'program' | 'people'>,
  subject: SubjectRef,
  asked: LookBack,
): Promise<ArmStanding[]> {
  const arms = armsOf(program, subject, asked.playbook);
  if (arms.length === 0) return [];
  const latest = (await loadStates(client, [subject])).get(subjectKey(subject));
  // The oldest checkpoint lies a longest window back; what was not known then may be in it.
  const known = asked.knownAt === undefined ? (await loadCheckpoints(client, subject)).at(-1) : undefined;
  const checkpoint = known && known.place.at < asked.at ? known : undefined;
  const from = startOfReplay(subject, checkpoint && stateAt(subject, checkpoint), latest ?? emptyState(subject));
  const without = await unconsumedOf(client, subject);
  if (asked.knownAt !== undefined) {
    for (const arrival of await receivedAfter(client, subject, asked.knownAt)) without.add(arrival);
  }
  const worldOf = await HistoryWorld.around(client, { program, people }, subject, { from: from.head });
  const trail = new Trail(subject, arms, from);
  const { state } = await replayStored({
    client,
    program,
    from,
    consumed: checkpoint?.consumed ?? 0,
    until: placeOfDeadline(asked.at),
    without,
    worldOf,
    read: async (after, limit) => {
      const until = placeOfDeadline(asked.at);
      const page = await readTimeline(client, subject, { ...(after && { after }), upTo: until, limit });
      trail.comes(page);
      return page;
    },
    onLook: ({ place, state: then, world }) => trail.look(place, then, world),
  });
  const at: At = { world: worldOf(state), place: placeOfDeadline(asked.at), state };
  return arms.map((arm) => standingOf(arm, trail, at, asked));
}

function armsOf(program: TriggerProgram, { type }: SubjectRef, playbook: string | undefined): ArmProgram[] {
  const all = [...(program.subjects.get(type)?.arms.values() ?? [])];
  return all.filter((arm) => playbook === undefined || arm.playbook === playbook);
}

interface At {
  world: World;
  place: Place;
  state: SubjectState;
}

/** What the replay went through, as far as it is told. */
class Trail {
  readonly #subject: SubjectRef;
  readonly #arms: readonly ArmProgram[];
  readonly #owners: ReadonlySet<string>;
  readonly #events = new Map<string, TimelineEvent>();
  readonly #slots = new Map<string, StateEntry>();
  readonly #passed = new Map<string, { entry: Pick<StateEntry, 'owner' | 'key'>; states: Passed[] }>();
  readonly #unfitting = new Map<ArmProgram, Unfitting[]>();

  constructor(subject: SubjectRef, arms: readonly ArmProgram[], from: SubjectState) {
    this.#subject = subject;
    this.#arms = arms;
    this.#owners = new Set(arms.map(ownerOf));
    if (from.head) this.#keep(from, from.head.at, undefined);
  }

  /** A page of the timeline: what is looked at next are these. */
  comes(page: readonly TimelineEvent[]): void {
    this.#events.clear();
    for (const event of page) this.#events.set(JSON.stringify(placeOfEvent(event)), event);
  }

  look(place: Place, state: SubjectState, world: World): void {
    const event = this.#events.get(JSON.stringify(place));
    this.#keep(state, place.at, event?.name);
    if (event === undefined) return;
    for (const arm of this.#arms) {
      const view: EvaluationView = { world, subject: this.#subject, place, event, zone: arm.zone };
      for (const { event: name, where } of patternsOf(arm.arm)) {
        if (name !== event.name || where === undefined || holdsAt(view, where)) continue;
        const { [where.cel]: _, ...values } = evaluatedValues(view, where);
        const known = this.#unfitting.get(arm) ?? [];
        this.#unfitting.set(
          arm,
          [...known, { event: name, at: event.at, where: where.cel, values }].slice(-MAX_UNFITTING),
        );
      }
    }
  }

  /** The states of each key of an arm, those that changed last first. */
  keysOf(arm: ArmProgram): { key: string; states: Passed[] }[] {
    const own = [...this.#passed.values()].filter(({ entry }) => entry.owner === ownerOf(arm));
    return own
      .map(({ entry: { key }, states }) => ({ key, states }))
      .sort((a, b) => b.states.at(-1)!.at - a.states.at(-1)!.at)
      .slice(0, MAX_KEYS);
  }

  unfittingOf(arm: ArmProgram): Unfitting[] {
    return this.#unfitting.get(arm) ?? [];
  }

  #keep(state: SubjectState, at: Instant, event: string | undefined): void {
    for (const [id, slot] of state.slots) {
      if (!this.#owners.has(slot.owner) || this.#slots.get(id)?.state === slot.state) continue;
      this.#slots.set(id, slot);
      this.#note(id, slot, { state: slot.state, at, ...(event !== undefined && { event }) });
    }
    for (const [id, slot] of this.#slots) {
      if (state.slots.has(id)) continue;
      this.#slots.delete(id);
      this.#note(id, slot, { state: undefined, at, ...(event !== undefined && { event }) });
    }
  }

  #note(id: string, entry: Pick<StateEntry, 'owner' | 'key'>, passed: Passed): void {
    const states = this.#passed.get(id)?.states ?? [];
    this.#passed.set(id, { entry, states: [...states.slice(1 - MAX_PASSED), passed] });
  }
}

function standingOf(arm: ArmProgram, trail: Trail, { world, place, state }: At, { told }: LookBack): ArmStanding {
  const { playbook, index, condition } = arm;
  const view: EvaluationView = { world, subject: state.subject, place, zone: arm.zone };
  const values = Object.values(arm.arm.values).filter(() => condition.onRecord !== undefined);
  const looked = values.map((expression) => lookedWords(evaluatedValues(view, expression))).join(', ');
  const { policy, clock } = (arm.arm.config ?? {}) as { policy?: string; clock?: string };
  const slot =
    policy === undefined || clock === undefined ? undefined : state.slots.get(entryKey(clockOwner(policy, clock), ''));
  const situation = situationOf(arm, view);
  const standing = {
    ...situation,
    ...{ told, looked, value: valuesOf(arm, view), clock: (slot?.state as ClockEntry | undefined)?.clock },
    ownZone: zoneAt(view),
  };
  const keys = trail.keysOf(arm);
  const shown = keys.length > 0 ? keys : [{ key: '', states: [] }];
  const lacks = shown.map(({ key, states }) => ({ key, words: condition.lacks(arm.arm, states as never, standing) }));
  return {
    playbook,
    arm: index,
    lacks: lacks.filter(({ words }) => words.length > 0),
    unfitting: trail.unfittingOf(arm),
  };
}

function ownerOf({ playbook, index }: ArmProgram): string {
  return armOwner(playbook, index);
}

function patternsOf({ roles }: CompiledArm) {
  return Object.values(roles).flat();
}
