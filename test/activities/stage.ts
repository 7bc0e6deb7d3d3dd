/** Playbooks deployed on a real PostgreSQL, a real SMTP server, and the activities between them; journeys by hand. */
import { type Logger, pino } from 'pino';
import { createActivities, type JourneyOptions } from '../../activities/journey.ts';
import { type Mailer, openMailer } from '../../activities/mail/transport.ts';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { type NewEvent, subjectsOf } from '../../events/new-event.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Json, PlaybookVersion, RecordType, Settings, SubjectRef, Traits } from '../../language/model.ts';
import { insertEnrolments, insertFirings } from '../../store/evaluation/firings.ts';
import { insertSubscriptions } from '../../store/evaluation/subscriptions.ts';
import { appendEvents } from '../../store/events/events.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { mergePatches } from '../../store/records/records.ts';
import { openingSubscriptions } from '../../triggers/entry/subscriptions.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import type { Answer, Command } from '../../workflows/journey/types.ts';
import { smtpServer } from '../mail/servers.ts';
import { around } from '../support/around.ts';
import { testDatabase } from '../support/postgres.ts';

const ADA: SubjectRef = { type: 'contact', id: 'ada' };
export const START = Date.parse('2026-03-02T10:00:00Z');
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const SECRET = 'a secret of the tests';
export const PUBLIC_URL = 'https://cuebook.example';

export interface Enrolling {
  subject?: SubjectRef;
  key?: string;
  trigger?: { [name: string]: Json };
  ghost?: boolean;
  at?: number;
}

export interface Stage {
  database: Database;
  version(playbook: string): PlaybookVersion;
  /** Mails that the server has taken, as it got them. */
  mails: string[];
  /** What was logged, a line each. */
  logged: string[];
  record(type: RecordType, id: string, traits: Traits): Promise<void>;
  enrol(playbook: string, enrolling?: Enrolling): Promise<string>;
  /** An event of a contact, committed; consumed by the evaluator unless it says that it waits. */
  event(name: string, event?: Partial<NewEvent> & { at?: number; waits?: boolean }): Promise<void>;
  /** Moves the clock. */
  step(to: number): Promise<void>;
  ask(id: string, command: Partial<Command> & Pick<Command, 'name' | 'path'>): Promise<Answer>;
  askAll(
    items: { id: string; command: Partial<Command> & Pick<Command, 'name' | 'path'> }[],
    stopping?: AbortSignal,
  ): Promise<Answer[]>;
  /** Sends the mails to colleagues that are due. */
  mailColleagues(): Promise<number>;
  rows<T = { [column: string]: Json }>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Activities of another process: with another server behind them, or another lease. */
  others(
    options: Partial<Pick<JourneyOptions, 'database' | 'mailer' | 'ask' | 'leaseMs' | 'inHandover' | 'activities'>>,
  ): Pick<Stage, 'ask' | 'askAll' | 'mailColleagues'>;
  mailerTo(url: string, timeoutMs?: number): Mailer;
  close(): Promise<void>;
}

/** @param files playbooks, templates, …; those that ship keep their people, calendars and policies */
export async function startStage(
  files: WorkspaceFile[],
  options: Partial<Pick<JourneyOptions, 'ask' | 'leaseMs' | 'webhookSecrets' | 'activities'>> & {
    settings?: Partial<Settings>;
  } = {},
): Promise<Stage> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  await setClock(database, { mode: 'stepped', at: START + 1 });
  const versions = await deployed(database, files, options);
  const server = await smtpServer({});
  const closing: { close(): Promise<void> }[] = [];
  const mailerTo = (smtpUrl: string, timeoutMs = 2_000) => {
    const mailer = openMailer({ url: smtpUrl, timeoutMs });
    closing.push(mailer);
    return mailer;
  };
  const logged: string[] = [];
  const log: Logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  const base = {
    database,
    mailer: mailerTo(server.url),
    watermark: openWatermark(database),
    secret: SECRET,
    publicUrl: PUBLIC_URL,
  };
  const activitiesOf = (more: Partial<JourneyOptions>) => {
    const { settings: _, ...given } = options;
    const activities = createActivities({ ...base, log, ...given, ...more });
    const askAll: Stage['askAll'] = async (items, stopping) => {
      const whole = items.map(({ id, command }) => ({ id, command: wholeOf(command) }));
      const request = { cohortId: 'c', versionHash: 'v', items: whole };
      const leaves = whole[0]!.command.leaves;
      const reply = await (leaves ? activities.deliver(request, stopping) : activities.decide(request));
      return items.map(({ id }) => reply.items.find((item) => item.id === id)!.answer);
    };
    return {
      askAll,
      mailColleagues: () => activities.mailColleagues(),
      ask: async (id: string, command: Parameters<Stage['ask']>[1]) => (await askAll([{ id, command }]))[0]!,
    };
  };
  const version = (playbook: string) => versions.find((v) => v.playbook.playbook === playbook)!;
  let count = 0;
  return {
    database,
    version,
    mails: server.mails,
    logged,
    ...activitiesOf({}),
    others: activitiesOf,
    mailerTo,
    async record(type, id, traits) {
      const place = { at: START - DAY, receivedAt: START - DAY, arrival: 0 };
      await mergePatches(database.pool, [{ patch: { type, id, traits }, ...place }]);
    },
    async enrol(playbook, { subject = ADA, key = '', trigger = {}, ghost = false, at = START } = {}) {
      const { hash, playbook: compiled } = version(playbook);
      const firing = { playbook, key, at, evidence: [`e${++count}`], subject, arm: 0, trigger };
      const id = enrolmentIdOf(firing);
      const row = { id, playbook, versionHash: hash, subject, key, trigger };
      const made = { evidence: firing.evidence, status: 'enrolled', reason: null, byTime: false } as const;
      await insertFirings(database.pool, [{ ...row, ...made, at, arm: 0 }]);
      await insertEnrolments(database.pool, [{ ...row, firingId: id, startedAt: at, ghost }]);
      await insertSubscriptions(
        database.pool,
        openingSubscriptions(compiled, at, {}).map(({ kind, since, until }) => ({
          enrolmentId: id,
          path: kind,
          iteration: '',
          subject,
          since,
          until,
          detail: {},
        })),
      );
      return id;
    },
    async event(name, { at, waits = false, ...event } = {}) {
      const ids = event.ids ?? { contactId: 'ada' };
      const stamps = at === undefined ? {} : { timestamp: at };
      const whole: NewEvent = {
        source: 'test',
        messageId: `m${++count}`,
        kind: 'track',
        properties: {},
        patches: [],
        ...event,
        name,
        ids,
        stamps,
      };
      const [appended] = await appendEvents(database, [whole]);
      if (waits) return;
      const { rows } = await database.pool.query<{ at: number }>('SELECT at FROM events WHERE arrival = $1', [
        appended!.arrival,
      ]);
      const place = { at: rows[0]!.at, receivedAt: rows[0]!.at, arrival: appended!.arrival };
      await mergePatches(
        database.pool,
        whole.patches.map((patch) => ({ patch, ...place })),
      );
      await database.pool.query('DELETE FROM pending_events WHERE arrival = $1', [appended!.arrival]);
      for (const { type, id } of subjectsOf(ids)) {
        await database.pool.query(
          `INSERT INTO subjects (type, id, head_at, head_received_at, head_arrival) VALUES ($1, $2, cuebook_instant($3), cuebook_instant($3), $4)
           ON CONFLICT (type, id) DO UPDATE SET head_at = excluded.head_at`,
          [type, id, place.at, place.arrival],
        );
      }
    },
    step: (to) => stepClock(database.pool, to),
    async rows<T>(sql: string, values: unknown[] = []) {
      return (await database.pool.query(sql, values)).rows as T[];
    },
    async close() {
      for (const one of closing) await one.close();
      await server.close();
      await database.close();
      await drop();
    },
  };
}

async function deployed(
  database: Database,
  files: WorkspaceFile[],
  { settings = {}, activities }: { settings?: Partial<Settings>; activities?: JourneyOptions['activities'] },
) {
  const shipped = (await loadFolder('playbooks')).files;
  const { versions, workspace, diagnostics } = compileWorkspace([...around(shipped, files), ...files], {
    ...registry,
    activities: [...(activities?.values() ?? [])],
  });
  if (diagnostics.some((d) => d.severity === 'error')) throw new Error(JSON.stringify(diagnostics, null, 1));
  const surroundings = { settings: { ...workspace.settings, ...settings }, people: workspace.people };
  await deploy(database, {
    versions,
    surroundings,
    listened: [...buildProgram(versions, surroundings.settings).names],
  });
  return versions;
}

function wholeOf(command: Partial<Command> & Pick<Command, 'name' | 'path'>): Command {
  return { iteration: '', at: START, attempt: 1, leaves: false, ...command };
}
