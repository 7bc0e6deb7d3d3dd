/** `POST /api/playbooks/NAME/pause`, `halt` and `resume`: what an operator says of a playbook (N6). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { didYouMean } from '../language/diagnostics/nearest.ts';
import { changeStatus, type PlaybookStatus, readPlaybookNames } from '../store/deployments/playbook-status.ts';
import type { Database } from '../store/postgres/database.ts';
import { requireToken, type ServerAccess } from './access/access.ts';
import { Problem } from './problems.ts';

/** What becomes of a playbook, by the word for doing it. */
export const STATUS_OF = { pause: 'paused', halt: 'halted', resume: 'active' } as const satisfies {
  [verb: string]: PlaybookStatus;
};

export const statusBody = z.strictObject({
  by: z.string().trim().min(1).max(200).describe('Who it is.').default('api'),
  reason: z.string().trim().min(1).max(1_000).describe('Why.').optional(),
});

export function playbookStatusRoutes(
  app: FastifyInstance,
  options: { database: Database; access: ServerAccess },
): void {
  const { database, access } = options;
  for (const [verb, status] of Object.entries(STATUS_OF)) {
    app.post<{ Params: { playbook: string } }>(
      `/api/playbooks/:playbook/${verb}`,
      { onRequest: requireToken(access), bodyLimit: 16_384 },
      async (request) => {
        const { playbook } = request.params;
        const body = statusBody.safeParse(request.body);
        if (!body.success) {
          const { message, path } = body.error.issues[0]!;
          const pointer = path.map((part) => `/${String(part)}`).join('');
          throw new Problem('invalid_body', `Send a JSON object, at the least {}: ${message}.`, { pointer });
        }
        const changed = await changeStatus(database, { playbook, status, ...body.data });
        if (!changed) {
          const hint = didYouMean(playbook, await readPlaybookNames(database.pool));
          throw new Problem('not_found', `No playbook is called so. ${hint}`);
        }
        return { playbook, status, ...changed };
      },
    );
  }
}
