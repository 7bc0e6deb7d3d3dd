/** A plan: what deploying a folder would change, in data (V6). Making one changes nothing. */
import type { PlaybookVersion } from '../../../language/model.ts';
import {
  changesOf,
  type DeployedConfig,
  type DeploymentChanges,
  hashOfSet,
  readDeployedConfig,
  readDeployedHash,
  readDeployments,
} from '../../../store/deployments/deployments.ts';
import { readStopped, type StatusShown } from '../../../store/deployments/playbook-status.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { readUnderWay, type UnderWay } from '../../../store/reports/under-way.ts';
import type { PlannedHashes } from '../../run/deploy-folder.ts';
import type { Deployable } from '../../run/read-deployable.ts';
import { type BeginEnd, readBeginEnd } from './begin-end.ts';
import { changesBetween, surroundingChanges } from './playbook-changes.ts';
import { type Reach, readReach } from './reach.ts';
import { stepInWords } from './step-changes.ts';

export interface Plan extends PlannedHashes {
  schema: 1;
  /** As it was named. */
  folder: string;
  enrolExisting: boolean;
  playbooks: PlannedPlaybook[];
  /** Of settings and people, in words. */
  surroundings: string[];
  watches: BeginEnd;
  /** Open enrolments, whatever becomes of their playbook: they keep their version (N5). */
  underWay: StepUnderWay[];
  /** Absent where no days were asked for, and where nothing changes. */
  reach?: { days: number; playbooks: Reach[] };
  /** Those that an operator has paused or halted: a deployment leaves them so (N6). */
  stopped: StatusShown[];
  faults: string[];
  warnings: string[];
}

export interface PlannedPlaybook {
  playbook: string;
  change: keyof DeploymentChanges;
  /** A fault in its file: the version deployed last goes on. */
  kept: boolean;
  /** Hashes of its version: of the deployed one, and of the planned one. */
  before: string | null;
  after: string | null;
  /** What is not the same, in words. */
  differences: string[];
}

export interface StepUnderWay extends UnderWay {
  /** The step in words; null before the first. */
  step: string | null;
}

export interface PlanOptions {
  /** As it was named. */
  folder: string;
  enrolExisting: boolean;
  /** How many days of stored events are replayed; 0: none. */
  days: number;
}

type Versions = ReadonlyMap<string, PlaybookVersion>;

export async function makePlan(
  database: Database,
  { set, kept, faults, warnings, drafts }: Deployable,
  { folder, enrolExisting, days }: PlanOptions,
): Promise<Plan> {
  const { pool } = database;
  // Read first: what is deployed while the rest is read makes the plan one that is refused, not one that is wrong.
  const from = await readDeployedHash(pool);
  const deployments = await readDeployments(pool);
  const surroundings = deployments.length > 0 ? await readDeployedConfig(pool) : undefined;
  const stored = await readVersions(
    pool,
    deployments.map(({ versionHash }) => versionHash),
  );
  const before: Versions = new Map(deployments.map((one) => [one.playbook, stored.get(one.versionHash)!]));
  const after: Versions = new Map(set.versions.map((version) => [version.playbook.playbook, version]));
  const changes = changesOf(deployments, set.versions);
  const to = hashOfSet(set);
  const reach = days > 0 && from !== to ? await reachOf(database, { before, set, surroundings, days }) : undefined;
  return {
    schema: 1,
    folder,
    from,
    to,
    enrolExisting,
    playbooks: plannedPlaybooks(changes, { before, after, kept }),
    surroundings: surroundings ? surroundingChanges(surroundings, set.surroundings) : [],
    watches: await readBeginEnd(pool, changes, { before, after }),
    underWay: await underWayOf(database),
    ...(reach && { reach: { days, playbooks: reach } }),
    stopped: await readStopped(pool),
    faults,
    warnings: [...drafts, ...warnings],
  };
}

/** Whether a deployment of the plan would change anything. */
export function changesSomething({ from, to }: PlannedHashes): boolean {
  return from !== to;
}

const ORDER = ['added', 'changed', 'retriggered', 'gone', 'unchanged'] as const;

function plannedPlaybooks(
  changes: DeploymentChanges,
  { before, after, kept }: { before: Versions; after: Versions; kept: readonly string[] },
): PlannedPlaybook[] {
  return ORDER.flatMap((change) =>
    changes[change].map((playbook) => {
      const [was, is] = [before.get(playbook), after.get(playbook)];
      const differences = was && is ? changesBetween(was, is) : [];
      const hashes = { before: was?.hash ?? null, after: is?.hash ?? null };
      return { playbook, change, kept: kept.includes(playbook), ...hashes, differences };
    }),
  );
}

async function underWayOf({ pool }: Database): Promise<StepUnderWay[]> {
  const rows = await readUnderWay(pool);
  const versions = await readVersions(
    pool,
    rows.map(({ versionHash }) => versionHash),
  );
  return rows.map((row) => {
    const step = row.path === null ? undefined : versions.get(row.versionHash)!.playbook.steps[row.path];
    return { ...row, step: step ? stepInWords(step) : row.path };
  });
}

interface Compared {
  before: Versions;
  set: Deployable['set'];
  surroundings: DeployedConfig | undefined;
  days: number;
}

async function reachOf(database: Database, { before, set, surroundings, days }: Compared): Promise<Reach[]> {
  const planned = { versions: [...set.versions], ...set.surroundings };
  const deployed = { versions: [...before.values()], ...(surroundings ?? set.surroundings) };
  return readReach(database, { before: deployed, after: planned, days });
}
