/** Does what `cuebook plan` asks: makes the plan, shows and writes it, asks, and deploys just that. */
import type { Database } from '../../../store/postgres/database.ts';
import { note } from '../../output.ts';
import { deployRead } from '../../run/deploy-folder.ts';
import { readDeployable } from '../../run/read-deployable.ts';
import { reportDeployed } from '../../run/report-deployed.ts';
import { askYes, canAsk } from './ask.ts';
import { writePlan } from './file.ts';
import { changesSomething, makePlan, type Plan } from './plan.ts';
import { printPlan } from './print.ts';

export interface PlanFolderOptions {
  out?: string;
  days: number;
  enrolExisting?: boolean;
  yes?: boolean;
  /** Prints nothing, and asks nothing. */
  quiet: boolean;
}

/**
 * The files that were read for the plan are those that are deployed: they are not read again.
 *
 * @throws Failure PLAN_MOVED when something else is deployed before the answer
 */
export async function planFolder(
  database: Database,
  folder: string,
  { out, days, enrolExisting = false, yes = false, quiet }: PlanFolderOptions,
): Promise<{ plan: Plan; deployed: boolean }> {
  const deployable = await readDeployable(database, folder);
  const plan = await makePlan(database, deployable, { folder, enrolExisting, days });
  if (!quiet) printPlan(plan);
  if (out !== undefined) {
    await writePlan(out, plan);
    if (!quiet) note(`Written to ${out}. \`cuebook deploy --plan ${out}\` does it.`);
  }
  if (!changesSomething(plan) || !(yes || (!quiet && out === undefined && (await isWanted())))) {
    return { plan, deployed: false };
  }
  const result = await deployRead(database, deployable, { enrolExisting, planned: plan });
  if (!quiet) reportDeployed({ ...result, faults: [] });
  return { plan, deployed: true };
}

async function isWanted(): Promise<boolean> {
  if (canAsk()) return askYes('Deploy this?');
  note('Nothing is deployed. --yes deploys it; --out FILE keeps the plan for `cuebook deploy --plan FILE`.');
  return false;
}
