import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Instant, JourneyNode, JourneyProgram } from '../../language/model.ts';
import { connectTemporal, type TemporalConnection } from '../../worker/connection.ts';
import { createWorker } from '../../worker/workflow-worker.ts';
import {
  COHORT_WORKFLOW,
  type CohortActivities,
  type CohortInput,
  type CohortReply,
  type CohortRequest,
} from '../../workflows/cohort/types.ts';
import type { Answer, Command } from '../../workflows/journey/types.ts';
import { testTemporal } from '../support/temporal.ts';

export const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
export const START = Date.parse('2026-03-02T10:00:00Z');
export const MINUTE = 60_000;
export const DAY = 86_400_000;

const retry = { attempts: 5, backoffMs: 10_000 };

export function effect(path: string, leaves = false): JourneyNode {
  return { op: 'do', path, leaves, retry, onError: 'exit' };
}

export function program(...steps: JourneyNode[]): JourneyProgram {
  return { schema: 1, steps, onGoal: [effect('on_goal.0')], onExit: [] };
}

/** What one command came to in a test: an answer, or a while before one. */
export type Respond = (id: string, command: Command) => Answer | undefined | Promise<Answer | undefined>;

/** What a test's activities were asked, in order, and the clock that they answer with. */
export class World {
  readonly asked: { id: string; command: Command; now: Instant }[] = [];
  readonly batches: string[][] = [];
  /** Virtual seconds a real second; 0: the clock is stepped. */
  readonly warp: number;
  /** Thrown by the next activities of a kind, one each. */
  readonly failures: { decide: Error[]; deliver: Error[] } = { decide: [], deliver: [] };
  now: () => Instant;
  readonly #respond: Respond;
  readonly #answered = new Map<string, Promise<Answer>>();

  constructor(respond: Respond, warp = 1) {
    this.warp = warp;
    this.#respond = respond;
    const originMs = performance.now();
    this.now = () => Math.floor(START + (performance.now() - originMs) * warp);
  }

  get activities(): CohortActivities {
    const { decide, deliver } = this.failures;
    return {
      decide: (request) => this.#carryOut(request, decide.shift()),
      deliver: (request) => this.#carryOut(request, deliver.shift()),
    };
  }

  /** The paths that a member's commands had, in order. */
  pathsOf(id: string): string[] {
    return this.asked.filter((one) => one.id === id).map(({ command }) => `${command.name} ${command.path}`);
  }

  async #carryOut({ items }: CohortRequest, failure?: Error): Promise<CohortReply> {
    if (failure) throw failure;
    this.batches.push(items.map((item) => item.id));
    const answers = items.map(async ({ id, command }) => ({ id, answer: await this.#answer(id, command) }));
    return { items: await Promise.all(answers), clock: { now: this.now(), warp: this.warp } };
  }

  /** Once, whatever happens: a local activity may be called again when its workflow task was lost (decision 5). */
  #answer(id: string, command: Command): Promise<Answer> {
    const { name, path, iteration, attempt } = command;
    const key = [id, name, path, iteration, attempt].join(' ');
    const stored = this.#answered.get(key);
    if (stored) return stored;
    this.asked.push({ id, command, now: this.now() });
    const answer = Promise.resolve(this.#respond(id, command)).then((given) => given ?? usual(command));
    this.#answered.set(key, answer);
    void answer.then(({ go }) => go === 'again' && this.#answered.delete(key));
    return answer;
  }
}

function usual(command: Command): Answer {
  return command.ending ? { go: 'ended', outcome: command.ending.outcome } : { go: 'next' };
}

export interface TestWorker extends AsyncDisposable {
  temporal: TemporalConnection;
  start(input: Partial<CohortInput> & Pick<CohortInput, 'program'>, members?: string[]): Promise<Started>;
}

export type Started = Awaited<ReturnType<typeof startCohort>>;

/** A worker on a task queue of its own, with the activities of a test. */
export async function testWorker(world: World): Promise<TestWorker> {
  const { address } = await testTemporal();
  const temporal = await connectTemporal({ address, namespace: 'default' }, log);
  const taskQueue = `test-${randomUUID()}`;
  const worker = await createWorker({ temporal, taskQueue, activities: world.activities, log });
  const running = worker.run();
  return {
    temporal,
    start: (input, members = ['a', 'b', 'c']) => startCohort(temporal, taskQueue, input, members),
    async [Symbol.asyncDispose]() {
      worker.shutdown();
      await running;
      await temporal.close();
    },
  };
}

function startCohort(
  temporal: TemporalConnection,
  taskQueue: string,
  input: Partial<CohortInput> & Pick<CohortInput, 'program'>,
  ids: string[],
) {
  const cohortId = randomUUID();
  const members = ids.map((id) => ({ id, startedAt: START }));
  const whole: CohortInput = { schema: 1, cohortId, versionHash: 'v1', members, ...input };
  return temporal.client.workflow.start(COHORT_WORKFLOW, {
    taskQueue,
    workflowId: `cohort-${cohortId}`,
    args: [whole],
    requestEagerStart: true,
  });
}

/** Waits until something holds; what it waited for is in the error. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
