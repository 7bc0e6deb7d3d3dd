/** One script through both adapters of an evaluation, over plain data: a batch's preloaded rows, and a run's memory. */

import { afterEvaluation, afterLateEvent } from '../../evaluation/after-evaluation.ts';
import { enterFiring } from '../../evaluation/enter-firing.ts';
import type { Change, EvaluationSession } from '../../evaluation/session.ts';
import { subscriptionOf } from '../../evaluation/subscriptions.ts';
import { BatchSession } from '../../evaluator/round/batch-session.ts';
import { BatchWorld } from '../../evaluator/round/batch-world.ts';
import { storedSubscription } from '../../evaluator/round/entry-rows.ts';
import { UnitOfWork } from '../../evaluator/round/unit-of-work.ts';
import type { WrongTypes } from '../../language/cel/wrong-types.ts';
import type { CompiledWorkspace } from '../../language/compile.ts';
import type { Instant, Json, SubjectRef, Traits } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline, placeOfEvent, type TimelineEvent, type TraitPatch } from '../../language/records/timeline.ts';
import { PastEnrolments } from '../../simulate/entry/past-enrolments.ts';
import { VirtualSession } from '../../simulate/entry/virtual-session.ts';
import { VirtualJourneys } from '../../simulate/journeys/journeys.ts';
import { rowOf } from '../../simulate/journeys/subscription-rows.ts';
import type { VirtualEnrolment } from '../../simulate/journeys/virtual-enrolment.ts';
import type { RunInput } from '../../simulate/run/types.ts';
import { VirtualIdentities } from '../../simulate/world/identities.ts';
import { VirtualWorld } from '../../simulate/world/virtual-world.ts';
import { applyDeadlines, applyEvent } from '../../triggers/engine/engine.ts';
import { emptyState, nextDueAt } from '../../triggers/engine/state.ts';
import { buildProgram } from '../../triggers/index/program.ts';

export type ScriptLine =
  | { at: Instant; event: string; properties?: { [name: string]: Json }; traits?: Traits; own?: boolean }
  /** An event that is shown at its own place, after what is already consumed. */
  | { at: Instant; late: string; own?: boolean }
  /** Time passes, and what is due by then is evaluated. */
  | { at: Instant; until: true }
  /** The journeys of the script's open enrolments begin their step `wait_for`. */
  | { at: Instant; listen: true }
  /** The journeys have come to an instant, and what was deferred for them is decided. */
  | { at: Instant; journeysAt: true };

export interface Adapter {
  session: EvaluationSession;
  merge(patch: TraitPatch, event: TimelineEvent): void;
  /** A transaction's now moves on. */
  now(at: Instant): void;
  listen(enrolmentId: string, path: string, since: Instant): void;
  journeysAt(at: Instant): void;
}

const SUBJECT: SubjectRef & { type: 'contact' } = { type: 'contact', id: 'ada' };

export function batchAdapter({ versions, workspace }: CompiledWorkspace): Adapter {
  const program = buildProgram(versions, workspace.settings);
  const states = new Map([[subjectKey(SUBJECT), emptyState(SUBJECT)]]);
  const world = new BatchWorld(program, workspace.people, { records: new Map(), states });
  const deployments = versions.map(({ playbook: { playbook }, hash }) => {
    const counts = { beforeDeploy: 0, closedKeys: 0 };
    const since = { deployedAt: Number.NEGATIVE_INFINITY, triggerHash: '' };
    return [playbook, { playbook, versionHash: hash, status: 'active', ...since, ...counts }] as const;
  });
  const entryRows = { past: new Map(), subscriptions: new Map(), audienceWaits: new Map() };
  const rows = { world, now: 0, states, ...entryRows };
  const session = new BatchSession({ program, deployments: new Map(deployments) }, rows, new UnitOfWork(program.names));
  return {
    session,
    merge: (patch, event) => world.merge(patch, placeOfEvent(event)),
    now: (at) => {
      rows.now = at;
    },
    listen(enrolmentId, path, since) {
      const known = session.subscriptions(SUBJECT);
      const { row, version } = known.find((open) => open.subscription.enrolmentId === enrolmentId)!;
      const waiting = storedSubscription({ ...row, path, since, until: null, detail: {} }, version);
      rows.subscriptions.set(subjectKey(SUBJECT), [...known, waiting]);
    },
    journeysAt(at) {
      for (const row of rows.past.get(subjectKey(SUBJECT)) ?? []) row.nextAt = at;
    },
  };
}

export function virtualAdapter({ versions, workspace }: CompiledWorkspace): Adapter {
  const { settings, people } = workspace;
  const input: RunInput = { versions, settings, people, records: [], events: [] };
  const program = buildProgram(versions, settings);
  const world = new VirtualWorld(program, people);
  const identities = new VirtualIdentities(input, program, world);
  const past = new PastEnrolments();
  const ignored = { emit() {}, write() {}, schedule() {} };
  const journeys = new VirtualJourneys({
    world,
    input,
    ...ignored,
    wake() {},
    pending: () => [],
    skipped() {},
    ended() {},
    isRead: () => false,
    lastMergeAt: () => undefined,
  });
  const session = new VirtualSession({ input, program, world, journeys, past, identities, ...ignored });
  const enrolments: VirtualEnrolment[] = [];
  const start = journeys.start.bind(journeys);
  journeys.start = (started) => {
    const enrolment = start(started);
    enrolments.push(enrolment);
    return enrolment;
  };
  return {
    session,
    merge: (patch) => world.merge(patch),
    now() {},
    listen(enrolmentId, path, since) {
      const enrolment = enrolments.find(({ id }) => id === enrolmentId)!;
      const { arms } = enrolment.version.playbook.steps[path]!.config as never;
      const subscription = subscriptionOf(enrolment, enrolment.keyExpression, {
        kind: 'wait',
        arms,
        since,
        until: null,
      });
      journeys.rows.add(rowOf(enrolment, { path, iteration: '' }, subscription));
    },
    journeysAt(at) {
      for (const enrolment of enrolments) enrolment.nextAt = at;
    },
  };
}

/** Plays a script. @returns what the session was told, as plain data */
export function changesOf(adapter: Adapter, script: readonly ScriptLine[]): Json[] {
  const { session } = adapter;
  const changes: Json[] = [];
  const deferred: (Change & { kind: 'entry-decided' })[] = [];
  const started: string[] = [];
  const emit = session.emit.bind(session);
  session.emit = (change) => {
    changes.push(plain(change));
    if (change.kind === 'entry-decided' && change.decision.enter === 'deferred') deferred.push(change);
    if (change.kind === 'enrolment-started') started.push(change.id);
    emit(change);
  };
  const { program, world } = session;
  const state = session.stateOf(SUBJECT);
  const evaluate = (result: ReturnType<typeof applyEvent>, at: Instant, event?: TimelineEvent) => {
    const place = event ? placeOfEvent(event) : placeOfDeadline(at);
    afterEvaluation(session, { subject: SUBJECT, place, event, result });
  };
  for (const [n, line] of script.entries()) {
    adapter.now(line.at);
    const before = 'until' in line ? line.at + 1 : line.at;
    for (let due = nextDueAt(state); due !== undefined && due < before && !('late' in line); due = nextDueAt(state))
      evaluate(applyDeadlines(program, state, due, world), due);
    if ('event' in line) {
      const event = eventOf(n, line);
      for (const patch of event.patches) adapter.merge(patch, event);
      evaluate(applyEvent(program, state, event, world), event.at, event);
    } else if ('late' in line)
      afterLateEvent(session, SUBJECT, eventOf(n, { at: line.at, event: line.late, own: line.own ?? false }));
    else if ('listen' in line) {
      for (const id of started) {
        const version = session.subscriptions(SUBJECT).find((open) => open.subscription.enrolmentId === id)?.version;
        const path = Object.entries(version?.playbook.steps ?? {}).find(([, { kind }]) => kind === 'wait_for')?.[0];
        if (path !== undefined) adapter.listen(id, path, line.at);
      }
    } else if ('journeysAt' in line) {
      adapter.journeysAt(line.at);
      for (const { firing, place, facts, enteredAt } of deferred.splice(0))
        enterFiring(session, firing, place, { ...facts, enteredAt, isDeferred: true });
    }
  }
  return changes;
}

function eventOf(n: number, line: Extract<ScriptLine, { event: string }>): TimelineEvent {
  const { at, event: name, properties = {}, traits, own } = line;
  const patches = traits ? [{ ...SUBJECT, traits }] : [];
  const base = { arrival: n + 1, messageId: `m${n + 1}`, name, at, receivedAt: at, properties, subjects: [SUBJECT] };
  return { ...base, patches, ...(own && { own }) };
}

/** Versions by their hash, and rows by whose they are. */
function plain(change: Change): Json {
  const named = (key: string, value: unknown) => {
    if (key === 'version' && typeof value === 'object') return (value as { hash: string }).hash;
    if (key === 'open' && typeof value === 'object') {
      const { subscription, path, iteration } = value as { subscription: object; path: string; iteration: string };
      return { subscription, path, iteration };
    }
    if (key === 'found' && value instanceof Map)
      return [...(value as WrongTypes)].map(([asker, example]) => [asker, example()] as const);
    if (value instanceof Map) return [...value.values()];
    return value instanceof Set ? [...value] : value;
  };
  return JSON.parse(JSON.stringify(change, named)) as Json;
}
