/** What pages post. */
import type { FastifyInstance } from 'fastify';

export const MAX_FORM_BYTES = 4_096;

/** Makes `app` read posted forms; of fields of one name the last. */
export function readForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
  );
}
