/** Who is asking. */
import { z } from 'zod';
import { ROLES } from './common.ts';
import { endpoint } from './endpoint.ts';

export const session = z.object({
  user: z.object({
    /** Null where the API token, or the link of the start, has signed in, and at an open server. */
    id: z.string().nullable(),
    name: z.string(),
    email: z.string().nullable(),
    /** The colleague of the people files with the same address: whose tasks are "mine". */
    colleague: z.string().nullable(),
  }),
  role: z.enum(ROLES),
  /** To be sent as `x-csrf-token` with every POST; null where none is asked for (bearer tokens). */
  csrfToken: z.string().nullable(),
  /** The zone of the deployed settings; UTC before the first deployment. */
  zone: z.string(),
  /** False where nobody signs in: there is nothing to sign out of. */
  signsIn: z.boolean(),
  hasMailbox: z.boolean(),
  version: z.string(),
});
export type Session = z.infer<typeof session>;

export const getSession = endpoint({
  method: 'GET',
  path: '/api/session',
  role: 'viewer',
  summary: 'Who is signed in, what they may do, and the token for changes.',
  answer: session,
});
