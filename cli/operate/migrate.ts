/** Does what `cuebook migrate` asks: looks, shows, asks, and takes enrolments over to the deployed version (N5). */
import { type Looked, migrateEnrolments, VersionGone } from '../../activities/migrate.ts';
import { STAY_REASONS, type StayReason } from '../../evaluation/migration.ts';
import { readDeployments } from '../../store/deployments/deployments.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readUnderWay } from '../../store/reports/under-way.ts';
import { Failure } from '../failure.ts';
import { counted, note, print, printLine } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import { askYes, canAsk } from './plan/ask.ts';

export interface MigrateCommand {
  from?: string;
  yes?: boolean;
  dataDir?: string;
  json?: boolean;
}

interface Staying {
  enrolment: string;
  from: string;
  reason: StayReason;
}

interface Result {
  playbook: string;
  /** The version that is deployed. */
  to: string;
  /** False: this is what would be done. */
  done: boolean;
  migrated: number;
  stay: Staying[];
}

const MAX_SHOWN = 20;

/** @throws Failure for a playbook or a version that is not there, and VERSION_GONE when something else is deployed meanwhile */
export async function migrate(playbook: string, { from, yes, dataDir, json }: MigrateCommand): Promise<void> {
  await reachingStore(dataDir, async (database) => {
    const to = await deployedOf(database, playbook);
    const options = { playbook, to, from: from === undefined ? undefined : await versionOf(database, playbook, from) };
    const run = async (dryRun: boolean): Promise<Result> => {
      const looked = await all(migrateEnrolments(database, { ...options, dryRun }));
      const stay = looked.flatMap(({ enrolment, from, stays }) =>
        stays === undefined ? [] : [{ enrolment, from, reason: stays }],
      );
      return { playbook, to: to.hash, done: !dryRun, migrated: looked.length - stay.length, stay };
    };
    const result = await run(!yes);
    if (json) return print(JSON.stringify(result));
    show(result);
    if (result.done || result.migrated === 0) return;
    if (!canAsk()) note('Nothing is done. --yes does it.');
    else if (await askYes('Do this?')) show(await run(false));
  });
}

async function all(pages: AsyncGenerator<Looked[]>): Promise<Looked[]> {
  const looked: Looked[] = [];
  try {
    for await (const page of pages) looked.push(...page);
  } catch (error) {
    if (!(error instanceof VersionGone)) throw error;
    const hint = 'Those that were moved before stay moved. Look at `cuebook plan`, then migrate again.';
    throw new Failure('VERSION_GONE', 'Something else has been deployed meanwhile.', hint, { exitCode: 1 });
  }
  return looked;
}

async function deployedOf({ pool }: Database, playbook: string) {
  const deployments = await readDeployments(pool);
  const found = deployments.find((one) => one.playbook === playbook);
  if (found) return (await readVersions(pool, [found.versionHash])).get(found.versionHash)!;
  const hint = `Deployed are: ${deployments.map((one) => one.playbook).join(', ') || 'none'}.`;
  throw new Failure('NO_SUCH_PLAYBOOK', `No playbook ${playbook} is deployed.`, hint);
}

/** The one version with open enrolments whose hash begins so. */
async function versionOf({ pool }: Database, playbook: string, begins: string): Promise<string> {
  const open = (await readUnderWay(pool)).filter((one) => one.playbook === playbook);
  const versions = [...new Set(open.map(({ versionHash }) => versionHash))];
  const found = versions.filter((hash) => hash.startsWith(begins));
  if (found.length === 1) return found[0]!;
  const hint = `Under way are: ${versions.map((hash) => hash.slice(0, 12)).join(', ') || 'none'}.`;
  const what = found.length === 0 ? 'No version' : 'More than one version';
  throw new Failure('NO_SUCH_VERSION', `${what} of ${playbook} that is under way begins with ${begins}.`, hint);
}

function show({ playbook, to, done, migrated, stay }: Result): void {
  const of = `of ${playbook} ${to.slice(0, 12)}`;
  printLine(`${counted(migrated, 'enrolment')} ${done ? 'taken over to' : 'can be taken over to'} the version ${of}.`);
  if (stay.length === 0) return;
  printLine(`${counted(stay.length, 'enrolment')} left as they are, in the version that they run:`);
  for (const { enrolment, from, reason } of stay.slice(0, MAX_SHOWN)) {
    printLine(`  ${enrolment} (${from.slice(0, 12)}): ${STAY_REASONS[reason]}`);
  }
  if (stay.length > MAX_SHOWN) printLine(`  and ${stay.length - MAX_SHOWN} more: --json shows them all`);
}
