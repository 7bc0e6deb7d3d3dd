/** One enrolment in virtual time: what production keeps of it in rows. */
import { type ClaimRank, compareClaims, StepContexts } from '../../evaluation/journey-facts.ts';
import type { EnrolmentStarted } from '../../evaluation/session.ts';
import type { Expression, Instant, PlaybookVersion } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { EffectLine, EnrolmentFacts } from '../../steps/step.ts';
import type { Found } from '../../triggers/entry/subscriptions.ts';
import { startConversion, startJourney } from '../../workflows/journey/reduce.ts';
import type { JourneyState } from '../../workflows/journey/types.ts';

export interface VirtualEnrolment extends EnrolmentFacts {
  /** The name under which it is woken: the enrolment's id; a conversion's journey has its own. */
  name: string;
  version: PlaybookVersion;
  keyExpression: Expression | undefined;
  state: JourneyState;
  open: boolean;
  nextAt: Instant | null;
  inputs: number;
  /** How often it went on by itself. */
  wakings: number;
  contexts: StepContexts;
  /** The instant of the first command, by `placeKey`. */
  began: Map<string, Instant>;
  matches: Map<string, Found>;
  /** Messages that wait to leave, by `placeKey`. */
  held: Map<string, { step: string; effect: string; detail: EffectLine['detail'] }>;
  tried: string[];
  /** Places that a ghost's withheld messages took: they count against itself alone (P2). */
  withheldPlaces: { id: string; at: Instant }[];
  goalEvent: Found | undefined;
  /** It carries out the steps of a goal that was met after the ending (G1). */
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
    ghost,
    keyExpression: playbook.trigger.arms[firing.arm]?.key,
    state: startJourney(playbook.program, startedAt),
    open: true,
    nextAt: startedAt,
    inputs: 0,
    wakings: 0,
    contexts: new StepContexts(),
    began: new Map(),
    matches: new Map(),
    held: new Map(),
    tried: [],
    withheldPlaces: [],
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
    held: new Map(),
    goalEvent: found,
    isConversion: true,
  };
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

/** Of several that claim a message's place in one instant, the first (P2). */
export function firstClaim(claims: readonly VirtualEnrolment[]): VirtualEnrolment | undefined {
  return [...claims].sort((a, b) => compareClaims(rankOf(a), rankOf(b)) || compareEnrolments(a, b))[0];
}

function rankOf({ version, startedAt, playbook }: VirtualEnrolment): ClaimRank {
  return { precedence: version.playbook.precedence, startedAt, playbook };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
