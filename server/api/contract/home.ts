/** What happened today, what needs somebody, and whether everything keeps up. */
import { z } from 'zod';
import { ending, instant, namedSubject, reasonCount, sentence } from './common.ts';
import { endpoint } from './endpoint.ts';

export const latest = z.object({
  id: z.string(),
  at: instant,
  playbook: z.string(),
  kind: z.string(),
  enrolment: z.string(),
  subject: namedSubject,
  sentence,
});
export type Latest = z.infer<typeof latest>;

export const health = z.object({
  /** The worst of its items. */
  level: z.enum(['ok', 'warning', 'error']),
  items: z.array(
    z.object({
      /** What it is, as `evaluation_lag`. */
      code: z.enum([
        'evaluation_lag',
        'pending_events',
        'put_back_events',
        'set_aside_events',
        'overdue_enrolments',
        'unstarted_enrolments',
        'waiting_messages',
        'unknown_messages',
        'part',
      ]),
      level: z.enum(['ok', 'warning', 'error']),
      value: z.number(),
      unit: z.enum(['ms', 'count']),
      /** Of a part its name. */
      name: z.string().nullable(),
    }),
  ),
  parts: z.array(z.object({ part: z.string(), from: z.string(), version: z.string(), up: z.boolean().nullable() })),
});
export type Health = z.infer<typeof health>;

export const home = z.object({
  now: instant,
  zone: z.string(),
  clock: z.object({ mode: z.enum(['real', 'warped', 'stepped']), warp: z.number() }),
  /** False before the first deployment. */
  deployed: z.boolean(),
  /** Since midnight of the zone. Counts of enrolments leave those held out for comparison aside. */
  today: z.object({
    since: instant,
    fired: z.int(),
    entered: z.int(),
    heldOut: z.int(),
    /** Fired and not let in, by reason. */
    refused: z.array(reasonCount),
    ended: z.array(ending),
    conversions: z.int(),
    value: z.number(),
    messages: z.int(),
    tasks: z.int(),
  }),
  /** Ever: `entered` = `underWay` + the sum of `ended`; conversions are counted apart. */
  total: z.object({
    entered: z.int(),
    heldOut: z.int(),
    underWay: z.int(),
    ended: z.array(ending),
    conversions: z.int(),
    value: z.number(),
  }),
  needs: z.object({
    tasksOpen: z.int(),
    tasksOverdue: z.int(),
    approvals: z.int(),
    messagesWaiting: z.int(),
    messagesFailed: z.int(),
    messagesUnknown: z.int(),
    eventsSetAside: z.int(),
    stopped: z.array(
      z.object({
        playbook: z.string(),
        state: z.enum(['paused', 'halted']),
        since: instant,
        by: z.string(),
        reason: z.string().nullable(),
        held: z.int(),
      }),
    ),
  }),
  health,
  latest: z.array(latest),
});
export type Home = z.infer<typeof home>;

export const getHome = endpoint({
  method: 'GET',
  path: '/api/home',
  role: 'viewer',
  summary: 'What happened today, what needs somebody, and whether everything keeps up.',
  answer: home,
});
