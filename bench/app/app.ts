/** How long the web app's screens wait for their data, over a store as a company has it after a year, while events come in. */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Runtime, startRuntime } from '../../cli/run/runtime.ts';
import { type Bench, type BenchContext, sized } from '../lib/bench.ts';
import { deployFiles } from '../lib/deploy.ts';
import { type Figure, percentile, round } from '../lib/figures.ts';
import { manyPlaybooks } from '../lib/many-playbooks.ts';
import { withDatabase } from '../lib/parts.ts';
import { settleTables } from '../lib/seed.ts';
import { HTTP, SECRET, targetOf } from '../lib/server.ts';
import type { Asked, Asking } from './ask-thread.ts';
import { type CompanySize, seedCompany } from './company-seed.ts';
import { questionsOf, WHO_ASKS } from './questions.ts';

const FULL: CompanySize = { contacts: 1_000_000, events: 10_000_000, enrolments: 200_000 };
const PLAYBOOKS = 20;
const EVENTS_A_SECOND = 500;
/** Each question, in turn with the others. */
const TIMES = 100;
/** Before anything counts: connections, prepared statements, caches. */
const WARM_UP = 3;
/** `.js` in the build. */
const THREAD = new URL(`./ask-thread${extname(import.meta.url)}`, import.meta.url);

export const app: Bench = {
  needs: { temporal: false },
  run: (context) =>
    withDatabase(context.parts, 'bench_app', async (database, databaseUrl) => {
      const { say, scale } = context;
      const files = manyPlaybooks(PLAYBOOKS);
      await deployFiles(database, files);
      const size = {
        contacts: sized(FULL.contacts, scale, 1_000),
        events: sized(FULL.events, scale, 10_000),
        enrolments: sized(FULL.enrolments, scale, 1_000),
      };
      say(`app: ${size.contacts} contacts, ${size.events} events, ${size.enrolments} enrolments`);
      const names = files.map(({ path }) => path.replace('.yaml', ''));
      await seedCompany(database, names, size);
      await settleTables(database);
      return measured(context, databaseUrl, size);
    }),
};

async function measured({ log, say, scale }: BenchContext, databaseUrl: string, size: CompanySize): Promise<Figure[]> {
  const runtime = await startRuntime({
    databaseUrl,
    secret: SECRET,
    log,
    say: () => undefined,
    http: HTTP,
    evaluator: true,
  });
  try {
    await runtime.evaluator!.idle();
    await ask(runtime, size, WARM_UP);
    say('app: the questions of each screen, in turn');
    const { latenciesMs, perSecond } = await ask(runtime, size, sized(TIMES, scale, 2));
    const p95 = (ms: readonly number[]) => round(percentile(ms, 0.95));
    const { [WHO_ASKS]: bare = [], ...screens } = latenciesMs;
    const bound = { name: `${WHO_ASKS}, p95`, value: p95(bare) };
    return [
      {
        name: 'taken in meanwhile',
        unit: 'events/s',
        value: round(perSecond),
        bound: { name: 'sent', value: EVENTS_A_SECOND },
      },
      ...Object.entries(screens).map(
        ([name, ms]): Figure => ({ name: `${name}, p95`, unit: 'ms', value: p95(ms), bound }),
      ),
    ];
  } finally {
    await runtime.stop();
  }
}

async function ask({ http }: Runtime, { contacts }: CompanySize, times: number): Promise<Asked> {
  const target = targetOf(http!.baseUrl);
  const read = async (path: string) => {
    const answer = await fetch(`${target.baseUrl}${path}`, { headers: { authorization: `Bearer ${SECRET}` } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { next: string | null; items: { arrival?: number }[] };
  };
  const questions = await questionsOf({ contacts, playbook: 'p0', read }, times);
  const workerData: Asking = { target, token: SECRET, questions, perSecond: EVENTS_A_SECOND, contacts };
  const thread = new Worker(THREAD, { workerData });
  const [asked] = (await once(thread, 'message')) as [Asked];
  await thread.terminate();
  return asked;
}
