/**
 * State of triggers, traits and clocks that a deployment has made new or changed is built from the subject's stored events,
 * before anything else of the subject is consumed (T18).
 */
import { enterFiring } from '../../evaluation/enter-firing.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, PlaybookVersion, SubjectType } from '../../language/model.ts';
import { runByOf } from '../../language/records/runs.ts';
import { laterPlace, placeOfDeadline } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { loadCheckpoints, replaceCheckpoints } from '../../store/evaluation/checkpoints.ts';
import { loadFirings } from '../../store/evaluation/firings.ts';
import type { Rebuild } from '../../store/evaluation/rebuilds.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import {
  type Checkpoint,
  entryKey,
  type Firing,
  putStateEntry,
  type SubjectState,
} from '../../triggers/engine/state.ts';
import { carryClocks } from '../../triggers/history/carry-clocks.ts';
import { type Seed, startOfReplay, takeUp } from '../../triggers/history/replay.ts';
import { armOwner, clockOwner, playbookOfOwner, traitOwner } from '../../triggers/index/owners.ts';
import { buildProgram, type TriggerProgram } from '../../triggers/index/program.ts';
import type { Deployed } from '../deployed-program.ts';
import { HistoryWorld } from '../late/history-world.ts';
import { replayStored, stateAt } from '../late/replay-timeline.ts';
import type { BatchSession } from '../round/batch-session.ts';

export interface RebuildTask {
  client: Queryable;
  deployed: Deployed;
  row: SubjectRow;
  state: SubjectState;
  /** Nothing from before it is on its way, and the subject's events before it are consumed. */
  upTo: Instant;
  session: BatchSession;
}

/** The rebuilds that a subject has still to go through. */
export function rebuildsOf({ rebuilds }: Deployed, row: SubjectRow): readonly Rebuild[] {
  return row.head === undefined ? [] : rebuilds.filter(({ number }) => number > row.rebuilt);
}

/** Up to when the new triggers have nothing to fire: what comes before it was before their deployment. */
export function latestDeployment(deployed: Deployed, rebuilds: readonly Rebuild[]): Instant {
  const names = new Set(rebuilds.flatMap(({ playbooks }) => playbooks));
  const instants = [...deployed.deployments.values()].filter(({ playbook }) => names.has(playbook));
  return Math.max(Number.NEGATIVE_INFINITY, ...instants.map(({ deployedAt }) => deployedAt));
}

export async function rebuildSubject(task: RebuildTask): Promise<void> {
  const { client, deployed, row, state, upTo } = task;
  const { subject } = state;
  const rebuilds = rebuildsOf(deployed, row);
  row.rebuilt = deployed.latestRebuild;
  const concerned = concernedBy(deployed, rebuilds, subject.type);
  if (concerned.versions.length === 0) return;
  const program = programOf(deployed, concerned.versions);
  const known = await loadCheckpoints(client, subject);
  const worldOf = await HistoryWorld.around(client, { program, people: deployed.people }, subject);
  const without = await unconsumedOf(client, subject);
  const until = laterPlace(state.head!, placeOfDeadline(upTo - 1));
  const fired: Seed[] = [];
  const checkpoints: Checkpoint[] = [];
  let at = startOfReplay(subject, undefined, state);
  // From one checkpoint to the next: each gets the new state as it was there.
  for (const checkpoint of [...[...known].reverse(), undefined]) {
    const replayed = await replayStored({
      client,
      program,
      from: at,
      consumed: 0,
      until: checkpoint?.place ?? until,
      without,
      worldOf,
    });
    for (const given of replayed.fired) fired.push(given);
    at = replayed.state;
    if (!checkpoint) break;
    const then = stateAt(subject, checkpoint);
    takeOwners(then, at, concerned.isRebuilt);
    checkpoints.push({ ...checkpoint, slots: [...then.slots.values()] });
  }
  // A record whose events are gone is taken up as it is: its dates are scheduled.
  if (at.head === undefined) takeUp(program, at, worldOf(at), upTo);
  if (checkpoints.length > 0) await replaceCheckpoints(client, subject, checkpoints);
  const deployedAt = Math.max(...rebuilds.map(({ startedAt }) => startedAt));
  const isMade = carryClocks(program, state, at, deployedAt);
  takeOwners(state, at, concerned.isRebuilt);
  if (at.head) state.head = laterPlace(state.head!, at.head);
  const given = fired.filter(({ firing }) => !isMade(firing));
  await reconcileRebuild(task, rebuilds, given, at);
}

/** Firings before the deployment are counted; later ones are made; what holds now fires once where that was asked for. */
async function reconcileRebuild(
  { client, deployed, state, session }: RebuildTask,
  rebuilds: readonly Rebuild[],
  fired: readonly Seed[],
  rebuilt: SubjectState,
): Promise<void> {
  const { subject } = state;
  const names = new Set(rebuilds.flatMap(({ playbooks }) => playbooks));
  const enrolling = new Set(rebuilds.flatMap((one) => (one.enrolExisting ? one.playbooks : [])));
  const latest = new Map<string, Firing>();
  const late: Seed[] = [];
  for (const given of fired) {
    const { firing } = given;
    const deployment = deployed.deployments.get(firing.playbook);
    if (!deployment || !names.has(firing.playbook) || firing.overtaken) continue;
    // What a step asks for is entered where its event is consumed, whatever was deployed since (S13).
    if (runByOf(firing.trigger)) continue;
    if (firing.at >= deployment.deployedAt) {
      late.push(given);
      continue;
    }
    session.work.beforeDeploy.add({ playbook: firing.playbook, subject, at: firing.at, key: firing.key });
    latest.set(JSON.stringify([firing.playbook, firing.arm, firing.key]), firing);
  }
  for (const firing of latest.values()) {
    const version = deployed.program.versions.get(firing.version)!;
    if (!enrolling.has(firing.playbook) && !version.playbook.startsWithCurrent) continue;
    if (!stillHolds(deployed.program, firing, rebuilt)) continue;
    const at = deployed.deployments.get(firing.playbook)!.deployedAt;
    const trigger = { ...firing.trigger, at: isoInstant(at) };
    enterFiring(session, { ...firing, at, trigger }, placeOfDeadline(at), { atDeploy: true });
  }
  if (late.length === 0) return;
  const made = new Set((await loadFirings(client, subject, late[0]!.firing.at)).map(({ id }) => id));
  for (const { firing, place } of late) if (!made.has(enrolmentIdOf(firing))) enterFiring(session, firing, place);
}

function stillHolds(program: TriggerProgram, firing: Firing, state: SubjectState): boolean {
  const owner = armOwner(firing.playbook, firing.arm);
  const arm = program.subjects.get(state.subject.type)?.arms.get(owner);
  if (!arm?.condition.stillHolds) return false;
  // Conditions over records have one state for all keys.
  const slot = state.slots.get(entryKey(owner, arm.condition.onRecord ? '' : firing.key));
  return arm.condition.stillHolds(arm.arm, slot?.state as never);
}

interface Concerned {
  /** Those that are replayed. */
  versions: PlaybookVersion[];
  /** Whether the state of an owner is taken from the replay. */
  isRebuilt(owner: string): boolean;
}

/**
 * What changed, and what shares a clock with it: a clock's state has every mark that is watched, so it is replayed with all of
 * them.
 */
function concernedBy({ program }: Deployed, rebuilds: readonly Rebuild[], type: SubjectType): Concerned {
  const names = new Set(rebuilds.flatMap(({ playbooks }) => playbooks));
  const owners = new Set(rebuilds.flatMap((rebuild) => rebuild.owners));
  const all = [...program.versions.values()];
  const changed = all.filter(
    (version) =>
      (version.playbook.subject === type && names.has(version.playbook.playbook)) || reads(version, owners, type),
  );
  const clocks = new Set(changed.flatMap((version) => clocksOf(version, type)));
  const versions = all.filter((version) => changed.includes(version) || reads(version, clocks, type));
  return {
    versions,
    isRebuilt: (owner) => owners.has(owner) || clocks.has(owner) || names.has(playbookOfOwner(owner) ?? ''),
  };
}

function reads(version: PlaybookVersion, owners: ReadonlySet<string>, type: SubjectType): boolean {
  const traits = version.traits.filter(({ subject }) => subject === type).map(({ name }) => traitOwner(name));
  return [...traits, ...clocksOf(version, type)].some((owner) => owners.has(owner));
}

function clocksOf(version: PlaybookVersion, type: SubjectType): string[] {
  return Object.values(version.policies)
    .filter(({ subject }) => subject === type)
    .flatMap((policy) => policy.clocks.map((clock) => clockOwner(policy.name, clock.name)));
}

const programs = new WeakMap<Deployed, Map<string, TriggerProgram>>();

function programOf(deployed: Deployed, versions: readonly PlaybookVersion[]): TriggerProgram {
  let known = programs.get(deployed);
  if (!known) programs.set(deployed, (known = new Map()));
  const id = versions.map(({ hash }) => hash).join();
  let program = known.get(id);
  if (!program) known.set(id, (program = buildProgram(versions, deployed.program.settings)));
  return program;
}

function takeOwners(state: SubjectState, replayed: SubjectState, isRebuilt: (owner: string) => boolean): void {
  for (const [id, { owner, key }] of [...state.slots]) {
    if (isRebuilt(owner) && !replayed.slots.has(id)) putStateEntry(state, { owner, key, state: undefined });
  }
  for (const slot of replayed.slots.values()) if (isRebuilt(slot.owner)) putStateEntry(state, slot);
}
