/** The Temporal worker: polls one task queue, runs cohorts and their activities. */
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { StoppableActivities } from '../activities/journey.ts';
import { temporalActivities } from './activities.ts';
import { workflowBundle } from './bundle.ts';
import type { TemporalConnection } from './connection.ts';
import { UnderWay } from './under-way.ts';

export interface WorkerParts {
  temporal: TemporalConnection;
  taskQueue: string;
  activities: StoppableActivities;
  log: Logger;
  /** What they do is counted there, and not begun once it stops. */
  underWay?: UnderWay;
}

/** Each holds a database connection for its length; more than the pool has would only wait there. */
const LOCAL_ACTIVITIES = 8;
/** Each has its own connections to providers; the database is touched before and after. */
const ACTIVITIES = 16;
const WORKFLOW_TASKS = 20;
const WORKFLOW_POLLS = 4;
const ACTIVITY_POLLS = 2;
/** About 1 MB each at the most; what falls out is replayed from its history when it wakes. */
const CACHED_WORKFLOWS = 400;
/** How long a task waits for the worker that has its workflow in memory, when that worker is gone. */
const STICKY_MS = 5_000;
/** A hand-over that is under way at the stop may end; afterwards its lease runs out. */
const GRACE_MS = 5_000;
const FORCE_MS = 15_000;

/** A worker, not yet running. Deciding is CPU work on one thread: the numbers suit a small machine, bigger ones run several. */
export async function createWorker(parts: WorkerParts): Promise<Worker> {
  const { temporal, taskQueue, activities, log, underWay = new UnderWay() } = parts;
  return Worker.create({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle: { codePath: await workflowBundle() },
    activities: temporalActivities(activities, log, underWay),
    workflowThreadPoolSize: 1,
    maxCachedWorkflows: CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
    maxConcurrentWorkflowTaskPolls: WORKFLOW_POLLS,
    maxConcurrentLocalActivityExecutions: LOCAL_ACTIVITIES,
    maxConcurrentActivityTaskExecutions: ACTIVITIES,
    maxConcurrentActivityTaskPolls: ACTIVITY_POLLS,
    stickyQueueScheduleToStartTimeout: STICKY_MS,
    shutdownGraceTime: GRACE_MS,
    shutdownForceTime: FORCE_MS,
  });
}
