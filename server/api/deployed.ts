/** What is deployed, as routes of the API read it: what stands there before the first deployment, too. */
import type { Registry } from '../../language/syntax.ts';
import { type DeployedConfig, readDeployedConfig } from '../../store/deployments/deployments.ts';
import { type Database, hasRow } from '../../store/postgres/database.ts';
import type { FeedTeller } from '../sentences.ts';

const NOTHING: DeployedConfig = {
  settings: {
    timeZone: 'UTC',
    caps: {},
    sendWindow: {},
    globalHoldoutPercent: 0,
    sender: { name: '', from: '' },
    required: {},
  },
  people: { persons: [], teams: [], channels: {} },
};

export async function isDeployed({ pool }: Pick<Database, 'pool'>): Promise<boolean> {
  return hasRow(pool, "SELECT FROM settings WHERE name = 'surroundings'");
}

/** People and settings; before the first deployment nobody, in UTC. */
export async function readSurroundings(database: Pick<Database, 'pool'>): Promise<DeployedConfig> {
  return (await isDeployed(database)) ? readDeployedConfig(database.pool) : NOTHING;
}

/** Who words sentences, in the zone of the settings. */
export async function tellerOf(
  database: Pick<Database, 'pool'>,
  { steps }: Pick<Registry, 'steps'>,
): Promise<FeedTeller> {
  const { settings, people } = await readSurroundings(database);
  return { zone: settings.timeZone, people, steps };
}
