/** A database with playbooks deployed, a clock that is stepped, and an evaluator: for tests of what is decided. */

import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { type Evaluator, runEvaluator } from '../../evaluator/evaluator.ts';
import type { EventIds, NewEvent } from '../../events/new-event.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import type { Instant, Json } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { appendEvents } from '../../store/events/events.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { around } from './around.ts';
import { testDatabase } from './postgres.ts';

export interface Evaluation {
  /** Of its database. */
  url: string;
  database: Database;
  evaluator: Evaluator;
  /** Moves the clock and waits until everything up to then has been consumed. */
  step(to: string): Promise<void>;
  send(...events: SentEvent[]): Promise<void>;
  firings(): Promise<
    {
      playbook: string;
      key: string;
      at: string;
      status: string;
      reason: string | null;
      undoneBy: string | null;
      moved: boolean;
    }[]
  >;
  close(): Promise<void>;
}

export interface SentEvent {
  id?: string;
  name: string;
  /** Event time; the clock's now without one. */
  at?: string;
  ids?: EventIds;
  properties?: { [name: string]: Json };
  patches?: NewEvent['patches'];
  kind?: NewEvent['kind'];
}

export const silent = { info() {}, warn() {}, error() {} };

/** @param files playbooks in place of those that ship; settings, calendars and people stay theirs. */
export async function startEvaluation(at: string, files: WorkspaceFile[] = []): Promise<Evaluation> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  await setClock(database, { mode: 'stepped', at: Date.parse(at) });
  const shipped = (await loadFolder('playbooks')).files;
  const kept = files.length === 0 ? shipped : around(shipped, files);
  const { versions, workspace, diagnostics } = compileWorkspace([...kept, ...files], registry);
  if (diagnostics.some((d) => d.severity === 'error')) throw new Error(JSON.stringify(diagnostics, null, 1));
  const program = buildProgram(versions, workspace.settings);
  const surroundings = { settings: workspace.settings, people: workspace.people };
  await deploy(database, { versions, surroundings, listened: [...program.names] });
  const evaluator = runEvaluator({ database, log: silent });
  let count = 0;
  return {
    url,
    database,
    evaluator,
    async step(to) {
      await stepClock(database.pool, Date.parse(to));
      await evaluator.idle();
    },
    async send(...events) {
      await appendEvents(
        database,
        events.map((event) => ({
          source: 'test',
          messageId: event.id ?? `m${++count}`,
          kind: event.kind ?? 'track',
          name: event.name,
          ids: event.ids ?? { contactId: 'ada' },
          stamps: event.at === undefined ? {} : { timestamp: Date.parse(event.at) as Instant },
          properties: event.properties ?? {},
          patches: event.patches ?? [],
        })),
      );
    },
    async firings() {
      const { rows } = await database.pool.query(
        `SELECT playbook, key, at, status, reason, undone_by AS "undoneBy", moved FROM firings ORDER BY at, playbook, key`,
      );
      return rows.map((row) => ({ ...row, at: isoInstant(row.at) }));
    },
    async close() {
      await evaluator.stop();
      await database.close();
      await drop();
    },
  };
}
