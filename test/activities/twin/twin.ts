/**
 * Runs a playbook's test on what production runs on: PostgreSQL, the evaluator, the activities and an SMTP server. Only
 * Temporal is missing: its part, to keep a reducer's state and to wake it, is played by a map and a stepped clock.
 */
import { openMailer } from '../../../activities/mail/transport.ts';
import { deploy } from '../../../evaluator/deploy.ts';
import { runEvaluator } from '../../../evaluator/evaluator.ts';
import type { NewEvent } from '../../../events/new-event.ts';
import { parseCall } from '../../../events/parse-call.ts';
import type { PlaybookTest } from '../../../language/compile.ts';
import type { Instant, People, PlaybookVersion } from '../../../language/model.ts';
import { callsOf } from '../../../simulate/tests/test-events.ts';
import { appendEvents } from '../../../store/events/events.ts';
import { setClock, stepClock } from '../../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../../store/postgres/database.ts';
import { mergePatches } from '../../../store/records/records.ts';
import { buildProgram } from '../../../triggers/index/program.ts';
import { smtpServer } from '../../mail/servers.ts';
import { silent } from '../../support/evaluation.ts';
import { activitiesOn } from '../../support/journey-activities.ts';
import { JourneysByHand } from '../../support/journeys-by-hand.ts';
import { testDatabase } from '../../support/postgres.ts';
import type { TwinLine } from '../../support/virtual-lines.ts';

const MAX_ROUNDS = 200;

/** @param tested one playbook, or with those that it runs behind it. @param upTo time ends here */
export async function runTwin(
  tested: PlaybookVersion | readonly [PlaybookVersion, ...PlaybookVersion[]],
  test: PlaybookTest,
  people: People,
  upTo: Instant,
) {
  const versions = 'hash' in tested ? ([tested] as const) : tested;
  const [version] = versions;
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  const server = await smtpServer({});
  const mailer = openMailer({ url: server.url, timeoutMs: 2_000 });
  const events = eventsOf(test);
  const first = Math.min(...events.map(instantOf));
  await setClock(database, { mode: 'stepped', at: first - 1 });
  const { names } = buildProgram(versions, test.settings);
  const surroundings = { settings: test.settings, people: test.people ? { ...people, persons: test.people } : people };
  await deploy(database, { versions: [...versions], surroundings, listened: [...names] });
  const place = { at: first - 86_400_000, receivedAt: first - 86_400_000, arrival: 0 };
  await mergePatches(
    database.pool,
    test.records.map((patch) => ({ patch, ...place })),
  );
  for (const [experiment, arm] of Object.entries(test.arms ?? {})) {
    for (const { type, id } of test.records) {
      const values = [version.playbook.playbook, experiment, type, id, arm];
      await database.pool.query('INSERT INTO assignments VALUES ($1, $2, $3, $4, $5, cuebook_now())', values);
    }
  }
  const evaluator = runEvaluator({ database, log: silent });
  const activities = activitiesOn(database, mailer, 'warn');
  const journeys = new JourneysByHand(database, [...versions], activities);
  try {
    let now = first - 1;
    const stepTo = async (to: Instant) => {
      if (to <= now) return;
      await stepClock(database.pool, (now = to));
    };
    for (let next = await nextAt(database, events, now); next !== undefined && next <= upTo; ) {
      await stepTo(next);
      const later = events.findIndex((event) => instantOf(event) > now);
      await appendEvents(database, events.splice(0, later < 0 ? events.length : later));
      await evaluator.idle();
      // An instant has been passed when the clock stands behind it.
      for (let round = 0, moved = true; moved && round < MAX_ROUNDS; round++) {
        await stepTo(now + 1);
        await evaluator.idle();
        moved = await journeys.move(now);
        await activities.mailColleagues();
      }
      next = await nextAt(database, events, now);
    }
    const mails = server.mails.map((mail) => /^Message-ID:\s*(\S+)/im.exec(mail)![1]!);
    const tasks = await tasksOf(database);
    const given = await database.pool.query("SELECT template FROM outcomes WHERE name = 'converted'");
    const conversions = given.rows.map(({ template }) => template as string | null);
    return { lines: await linesOf(database), mails, messages: await messagesOf(database), tasks, conversions };
  } finally {
    await evaluator.stop();
    await mailer.close();
    await server.close();
    await database.close();
    await drop();
  }
}

/** The test's events as the tracking API reads the calls that they mean, the earliest first. */
function eventsOf(test: PlaybookTest): NewEvent[] {
  const events = callsOf(test).map((call) => parseCall(call, { source: 'test', history: true }).event);
  return events.sort((a, b) => instantOf(a) - instantOf(b));
}

function instantOf({ stamps }: NewEvent): Instant {
  return stamps.timestamp!;
}

async function nextAt(database: Database, events: readonly NewEvent[], now: Instant): Promise<Instant | undefined> {
  const { rows } = await database.pool.query<{ at: Instant | null }>(
    `SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM deadlines
       UNION ALL SELECT min(next_at) FROM enrolments WHERE outcome IS NULL AND next_at >= cuebook_instant($1)
       UNION ALL SELECT min(next_at) FROM colleague_mails WHERE status IN ('open', 'waiting')) all_`,
    [now],
  );
  const known = [rows[0]?.at, events[0] && instantOf(events[0])].filter((at): at is Instant => typeof at === 'number');
  return known.length === 0 ? undefined : Math.max(now, Math.min(...known));
}

async function linesOf(database: Database): Promise<TwinLine[]> {
  const { rows } = await database.pool.query<TwinLine>(
    `SELECT at, kind AS what, detail, reason AS refused FROM effects WHERE status IN ('done', 'refused') AND kind <> 'outcome'
     UNION ALL
     SELECT o.at, 'outcome', jsonb_build_object('outcome', o.name, 'reason', CASE WHEN o.after_end THEN 'goal' ELSE e.reason END,
              'value', o.value, 'after_end', o.after_end, 'ghost', o.ghost), NULL
       FROM outcomes o JOIN enrolments e ON e.id = o.enrolment_id WHERE o.path IN ('finish', 'goal')`,
  );
  return rows;
}

/** The messages that were handed over, with the kind of step that sent each. */
async function messagesOf(database: Database): Promise<{ mailId: string; kind: string }[]> {
  const { rows } = await database.pool.query(
    `SELECT m.provider_id AS "mailId", e.kind FROM messages m JOIN effects e ON e.id = m.effect_id WHERE m.status = 'sent'`,
  );
  return rows;
}

/** Every task, the oldest first, as `Call kim: done`; and what was told of them. */
async function tasksOf(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ title: string; assignee: string; status: string; told: string[] }>(
    `SELECT title, assignee, status, (SELECT array_agg(name ORDER BY arrival) FROM events
              WHERE source = 'cuebook' AND properties->>'task' = t.id AND name <> 'task.created') AS told
       FROM tasks t ORDER BY created_at, id`,
  );
  return rows.map(
    ({ title, assignee, status, told }) => `${title} ${assignee}: ${[status, ...(told ?? [])].join(', ')}`,
  );
}
