/** One enrolment in virtual time: what production keeps of it in rows. */
import type { EnrolmentStarted } from '../../evaluation/session.ts';
import type { Expression, Instant, Json, PlaybookVersion } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { EnrolmentFacts } from '../../steps/step.ts';
import type { Found } from '../../triggers/entry/subscriptions.ts';
import { startConversion, startJourney } from '../../workflows/journey/reduce.ts';
import type { JourneyState } from '../../workflows/journey/types.ts';

export interface VirtualEnrolment extends EnrolmentFacts {
  /** Under which it is woken: the enrolment's id; a conversion's journey has its own. */
  name: string;
  version: PlaybookVersion;
  firedAt: Instant;
  keyExpression: Expression | undefined;
  state: JourneyState;
  open: boolean;
  nextAt: Instant | null;
  inputs: number;
  /** What steps left, by their ids, and of which round it is. */
  steps: { [id: string]: Json };
  rounds: Map<string, string>;
  /** (path, iteration) → when its first command was asked. */
  began: Map<string, Instant>;
  matches: Map<string, Found>;
  tried: string[];
  /** Places that a ghost's withheld messages took: they count against itself alone (P2). */
  suppressedPlaces: { id: string; at: Instant }[];
  goalEvent: Found | undefined;
  /** It carries out the steps of a goal that was met behind the ending (G1). */
  isConversion: boolean;
}

export function virtualEnrolmentOf({ id, version, firing, startedAt, ghost }: EnrolmentStarted): VirtualEnrolment {
  const { playbook } = version;
  return {
    id,
    name: id,
    version,
    playbook: firing.playbook,
    subject: firing.subject,
    key: firing.key,
    trigger: firing.trigger,
    startedAt,
    firedAt: startedAt,
    ghost,
    keyExpression: playbook.trigger.arms[firing.arm]?.key,
    state: startJourney(playbook.program, startedAt),
    open: true,
    nextAt: startedAt,
    inputs: 0,
    steps: {},
    rounds: new Map(),
    began: new Map(),
    matches: new Map(),
    tried: [],
    suppressedPlaces: [],
    goalEvent: undefined,
    isConversion: false,
  };
}

/** The journey of a goal that was met after the ending, or under `then: continue`. */
export function conversionOf(member: VirtualEnrolment, found: Found): VirtualEnrolment {
  return {
    ...member,
    name: `${member.id}/goal`,
    state: startConversion(member.version.playbook.program, found.at, found.event),
    open: true,
    nextAt: found.at,
    began: new Map(),
    matches: new Map(),
    goalEvent: found,
    isConversion: true,
  };
}

/** `steps.<id>` is that of the latest round (S14): what an earlier one left goes. */
export function leaveContext(
  member: VirtualEnrolment,
  id: string,
  iteration: string,
  context: { [name: string]: Json },
): void {
  const before = member.rounds.get(id) === iteration ? (member.steps[id] as { [name: string]: Json }) : {};
  member.rounds.set(id, iteration);
  member.steps[id] = { ...before, ...context };
}

export function placeKey(path: string, iteration: string): string {
  return `${path}@${iteration}`;
}

/** E4: within one instant journeys go in the order of playbook, subject, key. */
export function compareEnrolments(a: VirtualEnrolment, b: VirtualEnrolment): number {
  return (
    compare(a.playbook, b.playbook) || compare(subjectKey(a.subject), subjectKey(b.subject)) || compare(a.key, b.key)
  );
}

/** P2: in which order several claim a message's place in one instant. */
function compareClaims(a: VirtualEnrolment, b: VirtualEnrolment): number {
  return (
    b.version.playbook.precedence - a.version.playbook.precedence || a.firedAt - b.firedAt || compareEnrolments(a, b)
  );
}

/** Who claims first. */
export function firstClaim(claims: readonly VirtualEnrolment[]): VirtualEnrolment | undefined {
  return [...claims].sort(compareClaims)[0];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
