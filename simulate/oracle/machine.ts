/** What is simulated: the compiled playbook in virtual time, whole, and its engine alone with restarts between its steps. */

import { registry } from '../../evaluation/registry.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { People, PlaybookVersion, RecordType, Settings, Traits } from '../../language/model.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { applyDeadlines, applyEvent, deadlineBefore, seedRecord } from '../../triggers/engine/engine.ts';
import { emptyState, type Firing, nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import { buildProgram, type TriggerProgram } from '../../triggers/index/program.ts';
import { computedOf, isComputed } from '../../triggers/traits/computed.ts';
import { run } from '../run/run.ts';
import type { RunLine } from '../run/types.ts';
import type { HistoryEvent } from './history.ts';
import type { Case } from './rule.ts';

const DAY_MS = 86_400_000;

/** The one subject of a case. */
export function subjectOf({ subject, subjectId }: Case): { type: RecordType; id: string } {
  return { type: subject, id: subjectId ?? 's1' };
}

export interface Machine {
  of: Case;
  versions: PlaybookVersion[];
  settings: Settings;
  people: People;
  program: TriggerProgram;
}

/** Compiles the case's folder. @throws when it has a fault: then the case was drawn wrongly. */
export function machineOf(of: Case): Machine {
  const { versions, workspace, diagnostics } = compileWorkspace(of.files, registry);
  const errors = diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0 || versions.length === 0) {
    const said = errors.map((d) => `${d.file}:${d.line}:${d.column} ${d.code} ${d.message}`).join('\n');
    throw new Error(`what was drawn does not compile:\n${said}\n${of.files.map((file) => file.text).join('\n')}`);
  }
  const { settings, people } = workspace;
  return { of, versions, settings, people, program: buildProgram(versions, settings) };
}

export function timelineEvent(event: HistoryEvent, of: Case): TimelineEvent {
  const subject = subjectOf(of);
  const { arrival, id, name, at, receivedAt, properties, traits } = event;
  return {
    arrival,
    messageId: id,
    name,
    at,
    receivedAt,
    properties,
    subjects: [subject],
    patches: traits ? [{ ...subject, traits }] : [],
  };
}

export interface MachineFiring {
  at: number;
  key: string;
  evidence: string[];
  trigger?: { [name: string]: unknown };
}

/** The whole of virtual time: firings and what entry said of each. */
export function playWhole(
  machine: Machine,
  history: readonly HistoryEvent[],
  until: number,
): { firings: MachineFiring[]; entries: string[] } {
  const lines: RunLine[] = [];
  const { of, versions, settings, people } = machine;
  run(
    {
      versions,
      settings,
      people,
      // A record of which nothing is given arrives with its first event (T9).
      records: Object.keys(of.traits).length > 0 ? [{ ...subjectOf(of), traits: of.traits }] : [],
      events: history.map((event) => timelineEvent(event, of)),
      until,
    },
    (line) => lines.push(line),
  );
  const entered = lines.filter((line) => line.type === 'enrolment');
  const heldOut = new Set(
    lines.flatMap((line) => (line.type === 'effect' && line.refused === 'holdout' ? [line.enrolment] : [])),
  );
  // Each firing is followed by what entry said of it; one that another mark overtook is only recorded (T13).
  const firings = lines.filter((line) => line.type === 'firing').filter((_, i) => entered[i]!.refused !== 'overtaken');
  const said = (id: string, refused: string | null) => refused ?? (heldOut.has(id) ? 'held out' : 'entered');
  return {
    firings,
    entries: entered.map(({ at, key, id, refused }) => `${isoInstant(at)} ${key} ${said(id, refused)}`),
  };
}

/** The engine alone; before the steps that `restarts` names, its state is written out and read again. */
export function playEngine(
  machine: Machine,
  history: readonly HistoryEvent[],
  until: number,
  restarts: (step: number) => boolean,
): { firings: MachineFiring[]; state: SubjectState } {
  const { of, program } = machine;
  const events = history.map((event) => timelineEvent(event, of));
  const state = emptyState(subjectOf(of));
  const world = worldOf(machine, events, state);
  if (events[0]) giveTraits(machine, state, events[0].at);
  const firings: Firing[] = [];
  let step = 0;
  const pass = (before: number) => {
    for (let due = deadlineBefore(state, before); due !== undefined; due = deadlineBefore(state, before)) {
      if (restarts(step++)) restart(state);
      firings.push(...applyDeadlines(program, state, due, world).firings);
      if (nextDueAt(state) === due) throw new Error(`the deadline at ${isoInstant(due)} stays due`);
    }
  };
  for (const event of events) {
    pass(event.at);
    if (restarts(step++)) restart(state);
    firings.push(...applyEvent(program, state, event, world).firings);
  }
  pass(until + 1);
  // One firing of each id: arms that come to the same in different looks of one instant are one (T13, N3).
  const known = new Set<string>();
  const once = firings.filter((firing) => {
    const id = enrolmentIdOf(firing);
    return !firing.overtaken && !known.has(id) && known.add(id);
  });
  return { firings: once, state };
}

/** What is given is there before anything happens (V3). */
export function giveTraits(machine: Machine, state: SubjectState, firstAt: number): void {
  if (Object.keys(machine.of.traits).length === 0) return;
  seedRecord(machine.program, state, worldOf(machine, [], state), firstAt - DAY_MS);
}

/** State is rows of JSON: what a process that begins anew reads of it. */
export function restart(state: SubjectState): void {
  state.slots = new Map(JSON.parse(JSON.stringify([...state.slots])));
  if (state.head) state.head = JSON.parse(JSON.stringify(state.head));
  state.touched = new Set();
}

/** The subject's traits at any place, from all that its events say: the last write by event time wins (E6). */
export function worldOf(machine: Machine, events: readonly TimelineEvent[], state: SubjectState): World {
  const { of, program, people } = machine;
  const subject = subjectOf(of);
  const world: World = {
    people,
    isComputed: (type, trait) => isComputed(program, type, trait),
    computed: (type, id, trait, place) => computedOf(program, state, trait, { world, record: { type, id }, place }),
    traits(type: RecordType, id: string, place: Place): Traits | undefined {
      if (type !== subject.type || id !== subject.id) return undefined;
      const traits: Traits = { ...of.traits };
      for (const event of events) {
        if (comparePlaces(placeOfEvent(event), place) > 0) break;
        for (const patch of event.patches) Object.assign(traits, patch.traits);
      }
      return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== null));
    },
  };
  return world;
}
