/**
 * Claims effects that leave the house, right before their handover (P4): one transaction that passes exit, goal and gates,
 * takes the place under the cap, and leases the effect. What a crash has left claimed is found here, too.
 */
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../../store/database.ts';
import type { CohortItem } from '../../workflows/cohort/activities.ts';
import type { Outgoing, Verdict } from '../../workflows/step.ts';
import { Changes } from '../batch/changes.ts';
import { type DecidedVerdict, type Decision, decideBatch, decideMember } from '../batch/decide.ts';
import { type LoadedBatch, loadBatch } from '../batch/load.ts';
import { type Member, storedAnswer } from '../batch/member.ts';
import { effectOf, recordAnswer, recordMove, recordVerdict } from '../batch/record.ts';
import { endingSeen } from '../facts/endings.ts';
import { factsFor, type Surroundings } from '../facts/of-member.ts';
import type { Answered } from '../looks.ts';
import type { Asked } from '../mail/ask.ts';
import { addressed, textsOf } from './address.ts';
import { type ClaimForm, claimOf } from './claim-form.ts';
import { type MessageResult, resultOf } from './outcome.ts';
import type { Parcel } from './parcel.ts';
import { recordResult } from './settle.ts';

/** An effect that is ours to hand over until its lease is over. */
export interface Claim {
  member: Member;
  lease: { id: string; lease: Instant };
  form: ClaimForm;
  parcels: Parcel[];
  /** Of its other messages, what came of them before. */
  before: MessageResult[];
}

/** A crash left these messages claimed: the provider is asked before anything else. */
export interface Question {
  item: CohortItem;
  /** Tells the claim that is asked about. */
  lease: Instant;
  /** Their Message-IDs. */
  mailIds: string[];
}

export interface Claimed {
  answered: Answered[];
  claims: Claim[];
  questions: Question[];
  broken: { member: Member; error: unknown }[];
  now: Instant;
}

/** What the provider said, by Message-ID, of the claim of each enrolment. */
export type Replies = ReadonlyMap<string, { lease: Instant; asked: ReadonlyMap<string, Asked> }>;

export interface ClaimInput {
  items: readonly CohortItem[];
  also: readonly SubjectRef[];
  settled: Instant;
  leaseMs: number;
  replies: Replies;
}
