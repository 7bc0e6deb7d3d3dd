/** What a live world runs on: PostgreSQL, the evaluator, the activities and a mail server. Only Temporal is missing. */
import { openMailer } from '../../activities/mail/transport.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { type Evaluator, runEvaluator } from '../../evaluator/evaluator.ts';
import type { Instant } from '../../language/model.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { smtpServer } from '../mail/servers.ts';
import { silent } from '../support/evaluation.ts';
import { activitiesOn } from '../support/journey-activities.ts';
import { JourneysByHand } from '../support/journeys-by-hand.ts';
import { testDatabase } from '../support/postgres.ts';
import type { World } from './shared.ts';

export interface LiveParts extends AsyncDisposable {
  database: Database;
  url: string;
  evaluator: Evaluator;
  journeys: JourneysByHand;
}

/** @param at where the clock stands; it is stepped by hand */
export async function openParts({ versions, workspace: { settings, people } }: World, at: Instant): Promise<LiveParts> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(`${url}?options=${encodeURIComponent(PLANNED_ONCE)}`);
  prepareAll(database);
  const server = await smtpServer({});
  const mailer = openMailer({ url: server.url, timeoutMs: 2_000 });
  await setClock(database, { mode: 'stepped', at });
  const listened = [...buildProgram(versions, settings).names];
  await deploy(database, { versions, surroundings: { settings, people }, listened });
  const evaluator = runEvaluator({ database, log: silent });
  const activities = activitiesOn(database, mailer, 'silent', AT_ONCE);
  return {
    database,
    url,
    evaluator,
    journeys: new JourneysByHand(database, versions, activities, { isMixed: true }),
    async [Symbol.asyncDispose]() {
      await evaluator.stop();
      await mailer.close();
      await server.close();
      await database.close();
      await drop();
    },
  };
}

/** Mails that are claimed at once: each lot is a transaction. */
const AT_ONCE = 100;

/** Each statement is planned once for a connection: planning would be half of what a small history costs. */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan';

function prepareAll({ pool }: Database): void {
  const names = new Map<string, string>();
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const prepared = (text: unknown, values: unknown, ...more: unknown[]) => {
      if (typeof text !== 'string' || !Array.isArray(values)) return query(text, values, ...more);
      const name = names.get(text) ?? `prepared_${names.size}`;
      names.set(text, name);
      return query({ name, text, values }, ...more);
    };
    Object.assign(client, { query: prepared });
  });
}
