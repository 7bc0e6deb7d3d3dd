/** The parts of a run, put together: what production holds in PostgreSQL, and the session over it. */
import type { Instant } from '../../language/model.ts';
import { skippedByStep } from '../../triggers/engine/skipped.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import { buildProgram, type TriggerProgram } from '../../triggers/index/program.ts';
import { PastEnrolments } from '../entry/past-enrolments.ts';
import { VirtualSession } from '../entry/virtual-session.ts';
import { VirtualJourneys } from '../journeys/journeys.ts';
import { MortalJourneys } from '../journeys/mortal-journeys.ts';
import type { VirtualEnrolment } from '../journeys/virtual-enrolment.ts';
import { VirtualIdentities } from '../world/identities.ts';
import { VirtualWorld } from '../world/virtual-world.ts';
import { FiringsSession, firingsDependOnEnrolments } from './firings-only.ts';
import { SystemEventQueue } from './system-events.ts';
import type { RunInput, RunLine } from './types.ts';

export interface RunParts {
  program: TriggerProgram;
  world: VirtualWorld;
  systemEvents: SystemEventQueue;
  identities: VirtualIdentities;
  journeys: VirtualJourneys;
  session: VirtualSession;
}

export interface RunHooks {
  emit(line: RunLine): void;
  /** A state has other deadlines now. */
  schedule(state: SubjectState): void;
  /** A journey goes on by itself, or timelines that will be merged have a deadline. */
  appoint(who: VirtualEnrolment | string, at: Instant): void;
}

export function openParts(input: RunInput, { emit, schedule, appoint }: RunHooks): RunParts {
  const program = buildProgram(input.versions, input.settings);
  const world = new VirtualWorld(program, input.people);
  for (const record of input.records) world.merge(record);
  const systemEvents = new SystemEventQueue(program, input);
  const identities = new VirtualIdentities(input, program, world);
  const past = new PastEnrolments((subject) => identities.isMerging(subject));
  const write: SystemEventQueue['write'] = (event, at) => systemEvents.write(event, at);
  const journeys = new VirtualJourneys({
    world,
    input,
    mortal: input.mishaps && new MortalJourneys(input.mishaps),
    emit,
    write,
    wake: (enrolment, at) => appoint(enrolment, at),
    pending: () => systemEvents.pending,
    skipped: ({ playbook }, met, at) => input.onNoPart?.(skippedByStep(playbook, met), at),
    isRead: (subject) =>
      identities.readsSince(subject, (one) => journeys.readsSince(one) ?? session.waits.of(one)[0]?.firing.at) !==
      undefined,
    lastMergeAt: (subject) => identities.lastMergeAt(subject),
    ended: (enrolment, at) => past.ended(enrolment, at),
  });
  const isShort = input.firingsOnly === true && !firingsDependOnEnrolments(program);
  const Session = isShort ? FiringsSession : VirtualSession;
  const session: VirtualSession = new Session({
    input,
    program,
    world,
    journeys,
    past,
    identities,
    emit,
    write,
    schedule,
  });
  identities.open({ session, journeys, past, schedule, scheduleMerged: (name, at) => appoint(name, at) });
  return { program, world, systemEvents, identities, journeys, session };
}
