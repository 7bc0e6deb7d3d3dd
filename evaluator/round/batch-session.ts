/** An evaluation's port over one batch: rows that were read under the subjects' locks, and a unit of work to be written. */
import type {
  AudienceWait,
  Change,
  EntryDecided,
  EvaluationSession,
  StoredEntryFacts,
  SubscriptionMet,
} from '../../evaluation/session.ts';
import { idOf } from '../../language/hash.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { PastRow } from '../../store/evaluation/firings.ts';
import type { Firing, SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { Deployed } from '../deployed-program.ts';
import { BatchWorld } from './batch-world.ts';
import { type EntryRows, type StoredSubscription, startedRows } from './entry-rows.ts';
import type { Loaded } from './load-batch.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export interface BatchRows extends EntryRows {
  world: BatchWorld;
  /** The transaction's now. */
  now: Instant;
  states: ReadonlyMap<string, SubjectState>;
}

export class BatchSession implements EvaluationSession {
  readonly deployed: Pick<Deployed, 'program' | 'deployments'>;
  readonly rows: BatchRows;
  readonly work: UnitOfWork;
  /** States with another next threshold, for callers that write no states otherwise. */
  readonly thresholds = new Set<SubjectState>();

  /** @param rows the lists of enrolments and of what waits are kept up to date */
  constructor(deployed: Pick<Deployed, 'program' | 'deployments'>, rows: BatchRows, work: UnitOfWork) {
    this.deployed = deployed;
    this.rows = rows;
    this.work = work;
  }

  get program(): TriggerProgram {
    return this.deployed.program;
  }

  get world(): BatchWorld {
    return this.rows.world;
  }

  /** @throws for a subject that the batch has not read */
  stateOf(subject: SubjectRef): SubjectState {
    const state = this.rows.states.get(subjectKey(subject));
    if (!state) throw new Error(`the batch has no state of a ${subject.type}`);
    return state;
  }

  subscriptions(subject: SubjectRef): readonly StoredSubscription[] {
    return this.rows.subscriptions.get(subjectKey(subject)) ?? [];
  }

  audienceWaits(subject: SubjectRef): readonly AudienceWait[] {
    const waits = this.rows.audienceWaits.get(subjectKey(subject));
    if (!waits || waits.length === 0) return [];
    // A recomputation may have taken one back since the batch was read.
    const { decided } = this.work;
    return waits.filter(({ id }) => !decided.some((one) => one.id === id && one.status !== 'deferred'));
  }

  /** A firing that waited for its audience waits for something else. */
  waitsNoLonger(subject: SubjectRef, ids: ReadonlySet<string>): void {
    const waits = this.rows.audienceWaits.get(subjectKey(subject)) ?? [];
    this.rows.audienceWaits.set(
      subjectKey(subject),
      waits.filter(({ id }) => !ids.has(id)),
    );
  }

  isNew(_firing: Firing, id: string): boolean {
    return this.work.isNew(id);
  }

  entryFacts({ playbook, subject }: Firing): StoredEntryFacts {
    const undone = this.work.verdicts.undoneOf(subject).filter(({ row }) => row.byTime && row.playbook === playbook);
    const isEnding = ({ key, startedAt }: PastRow) =>
      undone.some(({ row }) => row.key === key && (row.entersAt ?? row.at) === startedAt);
    const { status, deployedAt } = this.deployed.deployments.get(playbook)!;
    const own = (this.rows.past.get(subjectKey(subject)) ?? []).filter((row) => row.playbook === playbook);
    const past = own.map((row) => ({ ...row, open: row.open && !isEnding(row), mark: row.mark ?? undefined }));
    return { now: this.rows.now, status, deployedAt, past, side: own[0]?.side ?? undefined };
  }

  emit(change: Change): void {
    const { work } = this;
    switch (change.kind) {
      case 'entry-decided':
        this.#decided(change);
        return;
      case 'enrolment-started': {
        const { enrolment, past, subscriptions } = startedRows(change);
        work.enrolments.push(enrolment);
        work.subscriptions.push(...subscriptions.map(({ row }) => row));
        append(this.rows.past, past.subject, [past]);
        append(this.rows.subscriptions, past.subject, subscriptions);
        return;
      }
      case 'met':
        this.#met(change);
        return;
      case 'audience-passed': {
        const { wait, status, reason, at } = change;
        work.decide({ id: wait.id, status, reason, entersAt: at });
        return;
      }
      case 'audience-refused': {
        const { wait, reason, looked, at } = change;
        const { playbook, subject } = wait.firing;
        const decision = { playbook, firingId: wait.id, enrolmentId: null, subject, verdict: reason, looked, at };
        work.decisions.push(decision);
        work.decide({ id: wait.id, status: 'refused', reason });
        return;
      }
      case 'held':
        work.held.push({ enrolmentId: change.enrolmentId, held: change.held });
        return;
      case 'attributed':
        work.attributed.push({ enrolmentId: change.enrolmentId, ...change.moved });
        return;
      case 'look':
        work.notify(change.open.subscription.enrolmentId, change.input);
        return;
      case 'system-event': {
        const { event } = change;
        work.systemEvents.push({ ...event, consumed: !this.program.names.has(event.name) });
        return;
      }
      case 'task-answered': {
        const { subject, event } = change;
        const { name, at, properties } = event;
        work.answers.push({ subject, name, at, properties });
        return;
      }
      case 'threshold':
        this.thresholds.add(change.state);
        return;
      case 'wrong-types':
        work.skipped.addWrongTypes(change.found);
        return;
      default:
        change satisfies never;
    }
  }

  /** One that waits for a journey has no decision yet. */
  #decided(change: EntryDecided): void {
    const { firing, id, decision, status, reason, enteredAt, isDeferred, atDeploy, waitedUntil = null } = change;
    const { playbook, version: versionHash, subject, key, at, givenAt, arm, evidence, trigger, byTime } = firing;
    const { firedAs = null } = firing;
    const { work } = this;
    const until = decision.enter === 'waits' ? decision.until : null;
    if (!isDeferred) {
      const row = {
        id,
        playbook,
        versionHash,
        subject,
        key,
        at,
        givenAt: givenAt ?? null,
        arm,
        evidence,
        trigger,
        byTime,
        firedAs,
      };
      work.firings.push({
        ...row,
        status,
        reason,
        atDeploy,
        // What comes later still may show that it was not overtaken within that time.
        waitsUntil: until ?? waitedUntil,
        entersAt: enteredAt === at ? null : enteredAt,
      });
    }
    if (decision.enter === 'deferred') return;
    if (until !== null) append(this.rows.audienceWaits, subject, [{ firing, id, until }]);
    const { enter } = decision;
    const looked = enter === true ? { ghost: decision.ghost } : enter === 'anonymous' ? {} : decision.looked;
    work.decisions.push({
      playbook,
      firingId: id,
      enrolmentId: enter === true ? id : null,
      subject,
      verdict: status === 'deferred' ? 'deferred' : (reason ?? 'enrolled'),
      looked,
      at: enteredAt,
    });
  }

  #met({ open, found, paths, input, value }: SubscriptionMet): void {
    const { work } = this;
    const { enrolmentId, kind } = open.subscription;
    work.ended.push({ enrolmentId, paths: [...paths] });
    if (kind === 'goal') work.goals.push({ enrolmentId, event: found.event ?? null, at: found.at });
    if (input) {
      work.notify(enrolmentId, input);
      return;
    }
    const { playbook, versionHash, subject, ghost } = (open as StoredSubscription).row;
    const conversion = { playbook, versionHash, subject, ghost, value: value ?? null, at: found.at };
    const goal = { path: 'goal', name: 'converted', afterEnd: true, ...found.attributedTo };
    work.conversions.push({ id: idOf('outcome', enrolmentId, 'goal'), enrolmentId, ...conversion, ...goal });
    if (open.version.playbook.program.onGoal.length === 0) return;
    work.converting.push({ enrolmentId, versionHash, at: found.at, event: found.event ?? null });
  }
}

/** The session of what was loaded. */
export function openSession(deployed: Deployed, loaded: Loaded, work: UnitOfWork): BatchSession {
  const { entryRows, states, at: now } = loaded;
  const world = new BatchWorld(deployed.program, deployed.people, loaded);
  return new BatchSession(deployed, { ...entryRows, world, now, states }, work);
}

/** Lists that were handed out stay as they are. */
function append<T>(lists: Map<string, T[]>, subject: SubjectRef, more: readonly T[]): void {
  const key = subjectKey(subject);
  lists.set(key, [...(lists.get(key) ?? []), ...more]);
}
