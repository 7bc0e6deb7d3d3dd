/** Who may sign in, what they may, and what they have changed. */
import { z } from 'zod';
import { instant, name, pageOf, paging, ROLES } from './common.ts';
import { endpoint } from './endpoint.ts';

export const user = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  disabled: z.boolean(),
  createdAt: instant,
  changedAt: instant,
});
export type User = z.infer<typeof user>;

export const listUsers = endpoint({
  method: 'GET',
  path: '/api/users',
  role: 'admin',
  summary: 'Everybody who may sign in by a mail, by address. At most 1,000.',
  answer: z.object({ items: z.array(user) }),
});

export const putUser = endpoint({
  method: 'POST',
  path: '/api/users',
  role: 'admin',
  summary: 'Makes a user, or changes the one of that address; who is disabled is signed out.',
  body: z.strictObject({
    email: z.email().max(320),
    name,
    role: z.enum(ROLES),
    disabled: z.boolean().default(false),
  }),
  answer: user,
  audit: 'user.changed',
});

export const auditEntry = z.object({
  id: z.int(),
  at: instant,
  by: z.object({ id: z.string().nullable(), name: z.string() }),
  /** `playbook.paused` */
  action: z.string(),
  target: z.string(),
  /** `done`, the code of a problem, or `begun` where a crash cut it off. */
  result: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const getAudit = endpoint({
  method: 'GET',
  path: '/api/audit',
  role: 'admin',
  summary: 'Every change that was made by the API within 400 days, the latest first.',
  query: z.strictObject({ action: z.string().max(100).optional(), ...paging }),
  answer: pageOf(auditEntry),
});
