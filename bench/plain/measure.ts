/** Measures the hand-written workflow: on the same server, in the same run. */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { connectTemporal } from '../../worker/connection.ts';
import { type BenchContext, rounds } from '../lib/bench.ts';
import type { EnrolMeasures, EnrolSizes } from '../lib/enrolments.ts';
import { withDatabase } from '../lib/parts.ts';
import { plainActivities } from './activities.ts';
import type { plainEnrolment } from './workflow.ts';

const TASK_QUEUE = 'plain';
/** More starts side by side make the dev server slower, not faster. */
const IN_FLIGHT = 10;
/** `.js` in what is built. */
const WORKFLOWS = fileURLToPath(new URL(`./workflow${extname(import.meta.url)}`, import.meta.url));

export function measurePlain(context: BenchContext, sizes: EnrolSizes): Promise<EnrolMeasures> {
  const { parts, log, say } = context;
  return withDatabase(parts, 'bench_plain', async ({ pool }) => {
    const temporal = await connectTemporal({ address: parts.temporalAddress!, namespace: 'default' }, log);
    const firstAt = new Map<string, number>();
    const worker = await Worker.create({
      connection: temporal.connection,
      namespace: temporal.namespace,
      taskQueue: TASK_QUEUE,
      workflowsPath: WORKFLOWS,
      activities: plainActivities(pool, (id, atMs) => firstAt.set(id, atMs)),
      workflowThreadPoolSize: 1,
      maxConcurrentLocalActivityExecutions: IN_FLIGHT,
      maxConcurrentWorkflowTaskExecutions: 2 * IN_FLIGHT,
    });
    const running = worker.run();
    const contacts = async (label: string, count: number) => {
      const ids = Array.from({ length: count }, (_, n) => `${label}-${n}`);
      await pool.query(
        `INSERT INTO contacts (id, traits, created_at, updated_at)
         SELECT id, jsonb_build_object('name', id), now(), now() FROM unnest($1::text[]) AS id`,
        [ids],
      );
      return ids;
    };
    try {
      for (const id of await contacts('warm-up', sizes.warmUp)) await enrolOne(temporal.client, id);
      const firstActivityMs: number[] = [];
      const oneByOne = await rounds(sizes.rounds, async (n) => {
        say(`enrol: hand-written, one at a time, round ${n} of ${sizes.rounds}`);
        const ids = await contacts(`one-${n}`, sizes.oneByOne);
        const startMs = performance.now();
        for (const id of ids) {
          const beganAt = performance.timeOrigin + performance.now();
          await enrolOne(temporal.client, id);
          firstActivityMs.push(firstAt.get(id)! - beganAt);
        }
        return (ids.length / (performance.now() - startMs)) * 1000;
      });
      const backlog = await rounds(sizes.rounds, async (n) => {
        say(`enrol: hand-written, ${IN_FLIGHT} in flight, round ${n} of ${sizes.rounds}`);
        const left = await contacts(`many-${n}`, sizes.plainBacklog);
        const count = left.length;
        const startMs = performance.now();
        const lane = async () => {
          for (let id = left.pop(); id !== undefined; id = left.pop()) await enrolOne(temporal.client, id);
        };
        await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
        return (count / (performance.now() - startMs)) * 1000;
      });
      return { oneByOne, backlog, firstActivityMs };
    } finally {
      worker.shutdown();
      await running;
      await temporal.close();
    }
  });
}

async function enrolOne(client: Client, id: string): Promise<void> {
  await client.workflow.execute<typeof plainEnrolment>('plainEnrolment', {
    taskQueue: TASK_QUEUE,
    workflowId: `plain-${id}`,
    args: [id],
    requestEagerStart: true,
  });
}
