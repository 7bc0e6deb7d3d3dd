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
  /** Of a task that was put off: until then lists leave it out. */
  snoozedUntil: instant.nullable(),
  /** How many there are. */
  comments: z.int(),
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
    snoozed: z.enum(['no', 'yes']).default('no').describe('`yes`: those that are put off, and no others.'),
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

export const assignWork = endpoint({
  method: 'POST',
  path: '/api/work/assign',
  role: 'viewer',
  summary: 'Gives a task to another colleague: one of one’s own; anybody’s as an operator.',
  body: z.strictObject({
    id,
    to: z.string().min(1).max(200).describe('The id of a colleague.'),
    from: z.string().max(200).nullable().describe('Whose it is: a task that is another’s by now is left alone.'),
  }),
  answer: z.object({ id: z.string(), to: z.string() }),
  audit: 'task.assigned',
});

export const snoozeWork = endpoint({
  method: 'POST',
  path: '/api/work/snooze',
  role: 'viewer',
  summary: 'Puts a task off: lists leave it out until then. It stays due when it was. Null: it is back at once.',
  body: z.strictObject({ id, until: instant.nullable() }),
  answer: z.object({ id: z.string(), until: instant.nullable() }),
  audit: 'task.snoozed',
});

export const workComment = z.object({ id: z.string(), at: instant, by: z.string(), text: z.string() });
export type WorkComment = z.infer<typeof workComment>;
const comments = z.object({ items: z.array(workComment) });

export const listWorkComments = endpoint({
  method: 'POST',
  path: '/api/work/comments',
  role: 'viewer',
  summary: 'What was said of a task, the first first. At most 200.',
  body: z.strictObject({ id }),
  answer: comments,
});

export const commentWork = endpoint({
  method: 'POST',
  path: '/api/work/comment',
  role: 'viewer',
  summary: 'Says something of a task; sent again with the same key, it stands once.',
  body: z.strictObject({ id, key: z.uuid(), text: z.string().trim().min(1).max(4_000) }),
  answer: comments,
  audit: 'task.commented',
});
