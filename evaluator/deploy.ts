/**
 * Deploys versions in place of what was there. A trigger that is new or has changed begins now, with its state built from
 * the stored events by the evaluators (T18).
 */
import { type DeploymentChanges, type NewDeployment, storeDeployment } from '../store/deployments/deployments.ts';
import type { Database } from '../store/postgres/database.ts';
import { planRebuild } from '../triggers/history/rebuild-plan.ts';

export function deploy(database: Database, set: NewDeployment): Promise<DeploymentChanges> {
  return storeDeployment(database, set, planRebuild);
}
