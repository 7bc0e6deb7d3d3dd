/** What a live world runs on: PostgreSQL, the evaluator, the activities and a mail server. Only Temporal is missing. */
import { pino } from 'pino';
import { createActivities } from '../../activities/journey.ts';
import { openMailer } from '../../activities/mail/transport.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { type Evaluator, runEvaluator } from '../../evaluator/evaluator.ts';
import type { Instant } from '../../language/model.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { smtpServer } from '../mail/servers.ts';
import { silent } from '../support/evaluation.ts';
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
  const database = openDatabase(url);
  const server = await smtpServer({});
  const mailer = openMailer({ url: server.url, timeoutMs: 2_000 });
  await setClock(database, { mode: 'stepped', at });
  const listened = [...buildProgram(versions, settings).names];
  await deploy(database, { versions, surroundings: { settings, people }, listened });
  const evaluator = runEvaluator({ database, log: silent });
  const activities = createActivities({
    database,
    mailer,
    watermark: openWatermark(database),
    secret: 's',
    publicUrl: 'https://cuebook.example',
    log: pino({ level: 'silent' }),
  });
  return {
    database,
    url,
    evaluator,
    journeys: new JourneysByHand(database, versions, activities),
    async [Symbol.asyncDispose]() {
      await evaluator.stop();
      await mailer.close();
      await server.close();
      await database.close();
      await drop();
    },
  };
}
