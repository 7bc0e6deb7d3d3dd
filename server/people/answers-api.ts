/** `/api/tasks` and `/api/approvals`: what people are asked for, and their answers (S6, S12). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isoInstant } from '../../language/time/instants.ts';
import { ANSWERS, type Asked, type AskedKind, answer, listAsked } from '../../store/journeys/people-answers.ts';
import type { Database } from '../../store/postgres/database.ts';
import { callerOf } from '../access/guard.ts';
import { Problem } from '../problems.ts';

export interface AnswersApiOptions {
  database: Database;
  /** Told after an answer was committed. */
  onAppended?: (() => void) | undefined;
}

const words = z.string().trim().min(1).max(200);
const query = z.strictObject({
  status: words.describe('Only those that are so; left out: those that can be answered.').optional(),
  person: words.describe('Only those of this colleague, by id.').optional(),
  playbook: words.optional(),
  after: words.describe('Only those after this one: the next page.').optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** The addresses, by what is asked. */
export const ASKED_ROUTES = { task: '/api/tasks', approval: '/api/approvals' } as const;

export const answerBody = (kind: AskedKind) =>
  z.strictObject({
    is: z.enum(ANSWERS[kind]),
    by: words.describe('Who answers: the id of a colleague.').optional(),
  });

export function answersApi(app: FastifyInstance, { database, onAppended }: AnswersApiOptions): void {
  const read = { config: { role: 'viewer' } } as const;
  const changed = { config: { role: 'operator' }, bodyLimit: 16_384 } as const;
  for (const [kind, route] of Object.entries(ASKED_ROUTES) as [AskedKind, string][]) {
    app.get(route, read, async (request) => {
      callerOf(request);
      const { limit: most, ...filter } = parse(query, request.query);
      const found = await listAsked(database, { kind, ...filter, most });
      return { [`${kind}s`]: found.map(shownAsked), next: found.length < most ? null : found.at(-1)!.id };
    });
    app.post<{ Params: { id: string } }>(`${route}/:id`, changed, async (request) => {
      callerOf(request);
      const { id } = request.params;
      const answered = await answer(database, { id, kind, ...parse(answerBody(kind), request.body) });
      if (!answered) throw new Problem('not_found', `There is no ${kind} with this id; GET ${route} lists them.`);
      const { asked, isTaken } = answered;
      if (isTaken) onAppended?.();
      return { ...shownAsked(asked), taken: isTaken };
    });
  }
}

export function shownAsked({ at, due, ...asked }: Asked): object {
  return { ...asked, due: due === null ? null : isoInstant(due), at: isoInstant(at) };
}

function parse<T>(shape: z.ZodType<T>, came: unknown): T {
  const found = shape.safeParse(came ?? {});
  if (found.success) return found.data;
  const { message, path } = found.error.issues[0]!;
  throw new Problem('invalid_body', `${message}.`, { pointer: path.map((part) => `/${String(part)}`).join('') });
}
