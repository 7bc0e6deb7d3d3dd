/** The playbooks, and what each has come to. */
import { z } from 'zod';
import { ending, instant } from './common.ts';
import { endpoint } from './endpoint.ts';

export const PLAYBOOK_STATES = ['active', 'paused', 'halted', 'gone'] as const;

export const playbookSummary = z.object({
  playbook: z.string(),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  subject: z.string(),
  /** `gone`: deployed no more; who is in it goes on. */
  state: z.enum(PLAYBOOK_STATES),
  stopped: z.object({ since: instant, by: z.string(), reason: z.string().nullable(), held: z.int() }).nullable(),
  version: z.object({
    hash: z.string(),
    /** When it was first deployed. */
    createdAt: instant,
    file: z.string().nullable(),
    commit: z.string().nullable(),
  }),
  /** Ever: `entered` = `underWay` + the sum of `ended`. Those held out for comparison stand apart. */
  entered: z.int(),
  heldOut: z.int(),
  underWay: z.int(),
  ended: z.array(ending),
  /** Journeys that reached the goal, after their end too. */
  converted: z.int(),
  /** The sum of what their goals were worth. */
  value: z.number(),
  /** The last 14 days of the settings' zone, the oldest first. */
  trend: z.array(z.object({ day: z.iso.date(), entered: z.int(), converted: z.int() })),
});
export type PlaybookSummary = z.infer<typeof playbookSummary>;

export const listPlaybooks = endpoint({
  method: 'GET',
  path: '/api/playbooks',
  role: 'viewer',
  summary: 'Every playbook that is deployed, or was and has people under way.',
  answer: z.object({ items: z.array(playbookSummary) }),
});

export const statusChange = z.strictObject({
  by: z.string().trim().min(1).max(200).describe('Who it is; of a session its user.').optional(),
  reason: z.string().trim().min(1).max(1_000).describe('Why.').optional(),
});
export const changedStatus = z.object({
  playbook: z.string(),
  status: z.enum(['active', 'paused', 'halted']),
  was: z.enum(['active', 'paused', 'halted']),
  openEnrolments: z.int(),
  released: z.int(),
});
export type ChangedStatus = z.infer<typeof changedStatus>;

const params = z.object({ playbook: z.string().min(1).max(200) });
const change = { method: 'POST', role: 'operator', params, body: statusChange, answer: changedStatus } as const;

export const pausePlaybook = endpoint({
  ...change,
  path: '/api/playbooks/{playbook}/pause',
  summary: 'Nobody enters the playbook any more; who is in it goes on.',
  audit: 'playbook.paused',
});
export const haltPlaybook = endpoint({
  ...change,
  path: '/api/playbooks/{playbook}/halt',
  summary: 'Pauses it, and holds what its journeys would do.',
  audit: 'playbook.halted',
});
export const resumePlaybook = endpoint({
  ...change,
  path: '/api/playbooks/{playbook}/resume',
  summary: 'It goes on; what was held is done, if it still applies.',
  audit: 'playbook.resumed',
});
