/** Decides what becomes of firings, against what the batch has read and what it has decided itself. */
import { enrolmentStarted } from '../../evaluation/system-events.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { CompiledPlaybook, Instant, Json } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place } from '../../language/records/timeline.ts';
import { contactOf, refusalAtEntry } from '../../steps/gates/at-entry.ts';
import { suppressionOf } from '../../steps/gates/suppression.ts';
import type { Deployment } from '../../store/deployments/deployments.ts';
import type { PastRow } from '../../store/evaluation/firings.ts';
import { type EvaluationView, evaluatedValues, holdsAt } from '../../triggers/engine/evaluation-view.ts';
import { emptyResult, type Firing, type SubjectState } from '../../triggers/engine/state.ts';
import { decideEntry } from '../../triggers/entry/entry.ts';
import { openingSubscriptions } from '../../triggers/entry/subscriptions.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { openSubscription, type SubscriptionState, subscriptionState } from '../notify/notify-subscriptions.ts';
import type { BatchWorld } from '../round/batch-world.ts';
import type { UnitOfWork } from '../round/unit-of-work.ts';

export interface EntryContext {
  program: TriggerProgram;
  deployments: ReadonlyMap<string, Deployment>;
  world: BatchWorld;
  now: Instant;
  past: Map<string, PastRow[]>;
  /** Rows of the subjects' open enrolments; those of new ones are added. */
  waiting: Map<string, SubscriptionState[]>;
  /** The subjects' trigger state. */
  states: ReadonlyMap<string, SubjectState>;
  /** Firings that wait for their audience (N1), by subject; those of the batch are added. */
  audienceWaits?: Map<string, AudienceWait[]>;
  work: UnitOfWork;
}

/** A firing that `audience` refused, until when it is passed through again. */
export interface AudienceWait {
  firing: Firing;
  id: string;
  until: Instant;
}

/** What `audience` was at a place that the batch's world does not show any more. */
export interface KnownAudience {
  holds: boolean;
  looked: Json;
}

export interface EnterOptions {
  /** Its row is there already: it was kept. */
  isDeferred?: boolean;
  audience?: KnownAudience | undefined;
  /** When it passed its audience, where that came later than its own instant. */
  enteredAt?: Instant | undefined;
  /** Made by a deployment, for what held then (T18). */
  atDeploy?: boolean;
}

/** What a kept firing waits for; without a reason, for a journey that lags behind it. */
const WAITS_FOR: { [verdict: string]: string } = { waits: 'audience', anonymous: 'anonymous' };

/** Enters a firing or records why not; what enters takes part in the rest of the batch. */
export function enterFiring(
  firing: Firing,
  place: Place,
  context: EntryContext,
  options: EnterOptions = {},
): 'enrolled' | 'refused' | 'kept' {
  const { program, world, work: verdicts, now } = context;
  const version = program.versions.get(firing.version)!;
  const { playbook } = version;
  const { subject } = firing;
  const view: EvaluationView = {
    world,
    subject,
    place,
    trigger: firing.trigger,
    zone: playbook.timeZone ?? program.settings.timeZone,
  };
  const id = enrolmentIdOf(firing);
  // Arms that meet on one key, instant and last evidence in different looks are one firing (T13, N3).
  if (!options.isDeferred && !verdicts.isNew(id)) return 'refused';
  const past = context.past.get(subjectKey(subject)) ?? [];
  const deployment = context.deployments.get(firing.playbook)!;
  const contact = contactOf(world, subject, place);
  const verdict = decideEntry(playbook, firing, {
    now,
    status: deployment.status,
    deployedAt: deployment.deployedAt,
    settings: program.settings,
    past: past
      .filter((row) => row.playbook === firing.playbook)
      .map((row) => ({ ...row, mark: row.mark ?? undefined })),
    audience:
      options.audience ??
      (playbook.audience
        ? { holds: audienceHolds(playbook, view, verdicts), looked: evaluatedValues(view, playbook.audience) }
        : { holds: true, looked: {} }),
    enteredAt: options.enteredAt,
    side: past.find((row) => row.playbook === firing.playbook)?.side ?? undefined,
    refusedContact:
      contact && playbook.onlyMarketing
        ? refusalAtEntry(version, contact, suppressionOf(world.traits('contact', contact.id)))
        : undefined,
  });
  const isKept = verdict.enter === 'kept' || verdict.enter === 'waits' || verdict.enter === 'anonymous';
  const status = verdict.enter === true ? 'enrolled' : isKept ? 'kept' : 'refused';
  const reason = verdict.enter === false ? verdict.reason : (WAITS_FOR[String(verdict.enter)] ?? null);
  if (!options.isDeferred) {
    verdicts.firings.push({
      id,
      playbook: firing.playbook,
      versionHash: firing.version,
      subject,
      key: firing.key,
      at: firing.at,
      arm: firing.arm,
      evidence: firing.evidence,
      trigger: firing.trigger,
      status,
      reason,
      byTime: firing.byTime,
      atDeploy: options.atDeploy ?? false,
      waitsUntil: verdict.enter === 'waits' ? verdict.until : null,
    });
  }
  if (verdict.enter === 'kept') return status;
  if (verdict.enter === 'waits') {
    const waits = context.audienceWaits?.get(subjectKey(subject)) ?? [];
    context.audienceWaits?.set(subjectKey(subject), [...waits, { firing, id, until: verdict.until }]);
  }
  const looked =
    verdict.enter === true ? { ghost: verdict.ghost } : verdict.enter === 'anonymous' ? {} : verdict.looked;
  verdicts.decisions.push({
    playbook: firing.playbook,
    firingId: id,
    enrolmentId: verdict.enter === true ? id : null,
    subject,
    verdict: isKept ? 'kept' : (reason ?? 'enrolled'),
    looked,
    at: options.enteredAt ?? firing.at,
  });
  if (verdict.enter === true) enrol(firing, id, verdict.ghost, view, context, options.enteredAt ?? firing.at);
  return status;
}

function enrol(
  firing: Firing,
  id: string,
  ghost: boolean,
  view: EvaluationView,
  context: EntryContext,
  startedAt: Instant,
): void {
  const { program, work: verdicts } = context;
  const version = program.versions.get(firing.version)!;
  const { subject, playbook, key, trigger } = firing;
  verdicts.enrolments.push({
    id,
    firingId: id,
    playbook,
    versionHash: firing.version,
    subject,
    key,
    trigger,
    startedAt,
    ghost,
  });
  const started = enrolmentStarted({ id, playbook, subject, key });
  verdicts.systemEvents.push({ ...started, consumed: !program.names.has(started.name) });
  const past = context.past.get(subjectKey(subject)) ?? [];
  const mark = typeof trigger.mark === 'string' ? trigger.mark : null;
  context.past.set(subjectKey(subject), [
    ...past,
    { playbook, subject, key, startedAt, open: true, nextAt: startedAt, mark, side: null },
  ]);
  for (const opening of openingSubscriptions(version.playbook, startedAt)) {
    const waiting = subscriptionState(
      {
        enrolmentId: id,
        path: opening.kind,
        iteration: '',
        subject,
        since: opening.since,
        until: opening.until,
        detail: {},
        versionHash: firing.version,
        playbook,
        key,
        arm: firing.arm,
        trigger,
        ghost,
        startedAt,
        open: true,
      },
      version,
    );
    verdicts.subscriptions.push(waiting.row);
    const rows = context.waiting.get(subjectKey(subject)) ?? [];
    context.waiting.set(subjectKey(subject), [...rows, waiting]);
  }
  const rows = context.waiting.get(subjectKey(subject)) ?? [];
  const state = context.states.get(subjectKey(subject))!;
  const { world } = context;
  const look = {
    world,
    state,
    place: view.place,
    event: undefined,
    looked: emptyResult(),
    zone: program.settings.timeZone,
    verdicts,
  };
  for (const waiting of rows) if (waiting.row.enrolmentId === id) openSubscription(waiting, rows, look);
}

function audienceHolds(
  { playbook, audience }: CompiledPlaybook,
  view: EvaluationView,
  { skipped: lookCounts }: UnitOfWork,
): boolean {
  return lookCounts.asking(playbook, view, (asking) => holdsAt(asking, audience));
}
