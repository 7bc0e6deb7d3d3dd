/** Measures the hand-written workflow: on the same server, in the same run. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { Database } from '../../store/postgres/database.ts';
import { connectTemporal } from '../../worker/connection.ts';
import type { BenchContext } from '../lib/bench.ts';
import type { EnrolMeasures, EnrolSizes } from '../lib/enrolments.ts';
import { withDatabase } from '../lib/parts.ts';
import { plainActivities } from './activities.ts';
import type { plainEnrolment } from './workflow.ts';

/** More starts side by side make the dev server slower, not faster. */
const IN_FLIGHT = 10;
/** `.js` in the build. */
const WORKFLOWS = fileURLToPath(new URL(`./workflow${extname(import.meta.url)}`, import.meta.url));

/** @param round of its own for each: workflow ids and the task queue carry it. */
export function measurePlain(context: BenchContext, sizes: EnrolSizes, round: number): Promise<EnrolMeasures> {
  const { parts, log } = context;
  return withDatabase(parts, 'bench_plain', async (database) => {
    const temporal = await connectTemporal({ address: parts.temporalAddress!, namespace: 'default' }, log);
    const taskQueue = `plain-${round}`;
    const firstAt = new Map<string, number>();
    const worker = await Worker.create({
      connection: temporal.connection,
      namespace: temporal.namespace,
      taskQueue,
      workflowsPath: WORKFLOWS,
      activities: plainActivities(database.pool, (id, atMs) => firstAt.set(id, atMs)),
      workflowThreadPoolSize: 1,
      maxConcurrentLocalActivityExecutions: IN_FLIGHT,
      maxConcurrentWorkflowTaskExecutions: 2 * IN_FLIGHT,
    });
    const running = worker.run();
    try {
      const plain = new Plain(database, temporal.client, taskQueue);
      await plain.enrolAll('warm-up', sizes.warmUp, 1);
      const oneByOne = await plain.enrolAll('one', sizes.oneByOne, 1);
      const firstActivityMs = [...oneByOne.beganAt].map(([id, beganAt]) => firstAt.get(id)! - beganAt);
      const backlog = await plain.enrolAll('many', sizes.plainBacklog, IN_FLIGHT);
      return { oneByOne: oneByOne.perSecond, backlog: backlog.perSecond, firstActivityMs };
    } finally {
      worker.shutdown();
      await running;
      await temporal.close();
    }
  });
}

class Plain {
  readonly #database: Database;
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor(database: Database, client: Client, taskQueue: string) {
    this.#database = database;
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /** When each was begun, in milliseconds since the epoch, and enrolments a second. */
  async enrolAll(label: string, count: number, inFlight: number) {
    const left = await this.#contacts(label, count);
    const beganAt = new Map<string, number>();
    const startMs = performance.now();
    const lane = async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        beganAt.set(id, performance.timeOrigin + performance.now());
        await this.#enrol(id);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return { beganAt, perSecond: (count / (performance.now() - startMs)) * 1000 };
  }

  async #contacts(label: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, n) => `${label}-${n}`);
    await this.#database.pool.query(
      `INSERT INTO contacts (id, traits, created_at, updated_at)
       SELECT id, jsonb_build_object('name', id), now(), now() FROM unnest($1::text[]) AS id`,
      [ids],
    );
    return ids;
  }

  async #enrol(id: string): Promise<void> {
    await this.#client.workflow.execute<typeof plainEnrolment>('plainEnrolment', {
      taskQueue: this.#taskQueue,
      workflowId: `${this.#taskQueue}-${id}`,
      args: [id],
      requestEagerStart: true,
    });
  }
}
