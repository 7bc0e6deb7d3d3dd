/** What waits for colleagues: tasks and approvals, and their answers (S6, S12). */
import { z } from 'zod';
import { id, instant, json, namedSubject, pageOf, paging } from './common.ts';
import { endpoint } from './endpoint.ts';

export const KINDS = ['task', 'approval'] as const;

export const work = z.object({
  id,
  kind: z.enum(KINDS),
  /** A task: open, accepted, done, withdrawn. An approval: open, given, refused, none. */
  status: z.string(),
  title: z.string(),
  /** Who is to do it, or who was asked. */
  persons: z.array(z.object({ id: z.string(), name: z.string().nullable() })),
  checklist: json,
  priority: z.string().nullable(),
  due: instant.nullable(),
  isOverdue: z.boolean(),
  playbook: z.string(),
  enrolment: z.string(),
  subject: namedSubject,
  at: instant,
});
export type Work = z.infer<typeof work>;

export const listWork = endpoint({
  method: 'GET',
  path: '/api/work',
  role: 'viewer',
  summary: 'Tasks and approvals that can be answered, what is due first.',
  query: z.strictObject({
    kind: z.enum(KINDS).optional(),
    person: z.string().max(200).optional().describe('`me`, or the id of a colleague; left out: everybody.'),
    due: z.enum(['all', 'overdue', 'today']).default('all'),
    playbook: z.string().max(200).optional(),
    ...paging,
  }),
  answer: pageOf(work),
});

export const answerWork = endpoint({
  method: 'POST',
  path: '/api/work/answer',
  role: 'viewer',
  summary: 'Answers a task or an approval: one of one’s own; anybody’s as an operator.',
  body: z.strictObject({
    id,
    kind: z.enum(KINDS),
    is: z.enum(['accepted', 'done', 'reopened', 'given', 'refused']),
  }),
  /** `taken`: this answer made it so; else it was so already, or takes no such answer any more. */
  answer: z.object({ id: z.string(), status: z.string(), taken: z.boolean() }),
  audit: 'work.answered',
});
