/** Routes of the API with what they do: the shapes of the contract are checked on the way in and on the way out. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { beginAudit, settleAudit } from '../../store/access/audit.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Caller } from '../access/access.ts';
import { callerOf } from '../access/guard.ts';
import { Problem, type ProblemCode } from '../problems.ts';
import type { AnswerOf, BodyOf, Endpoint, ParamsOf, QueryOf } from './contract/endpoint.ts';

/** What a route is asked. */
export interface Asked<E extends Endpoint> {
  params: ParamsOf<E>;
  query: QueryOf<E>;
  body: BodyOf<E>;
  caller: Caller;
  request: FastifyRequest;
}

export interface Handled {
  endpoint: Endpoint;
  answer: (asked: Asked<Endpoint>) => Promise<unknown>;
  target: (asked: Asked<Endpoint>) => string;
}

/**
 * @param target of a change: what it is about, for the audit log; ids and names, no address
 */
export function on<E extends Endpoint>(
  endpoint: E,
  answer: (asked: Asked<E>) => Promise<z.input<E['answer']> | AnswerOf<E>>,
  target: (asked: Asked<E>) => string = ({ params }) => Object.values((params ?? {}) as object).join(' '),
): Handled {
  return { endpoint, answer: answer as Handled['answer'], target: target as Handled['target'] };
}

/** A change has few fields; ids of 100 messages, or a comment. */
const MAX_BODY_BYTES = 256 * 1024;

/** The same path as fastify has it: `/api/playbooks/:playbook`. */
export const routeOf = ({ path }: Endpoint) => path.replace(/\{(\w+)\}/g, ':$1');

export function serve(app: FastifyInstance, database: Database, routes: readonly Handled[]): void {
  for (const handled of routes) {
    const { endpoint } = handled;
    app.route({
      method: endpoint.method,
      url: routeOf(endpoint),
      bodyLimit: endpoint.maxBytes ?? MAX_BODY_BYTES,
      config: { role: endpoint.role },
      handler: async (request) => {
        const asked: Asked<Endpoint> = {
          params: read(endpoint.params, request.params, 'bad_request') as never,
          query: read(endpoint.query, request.query, 'invalid_query') as never,
          body: read(endpoint.body, request.body ?? {}, 'invalid_body') as never,
          caller: callerOf(request),
          request,
        };
        return endpoint.answer.parse(await audited(database, handled, asked));
      },
    });
  }
}

/** A change is in the log before it is made, and what came of it after. */
async function audited(database: Database, handled: Handled, asked: Asked<Endpoint>): Promise<unknown> {
  const { endpoint, answer, target } = handled;
  if (endpoint.audit === undefined) return answer(asked);
  const { user } = asked.caller;
  const entry = await beginAudit(database, {
    byUser: user?.id ?? null,
    byName: user?.name ?? TOKEN_NAME,
    action: endpoint.audit,
    target: target(asked),
  });
  try {
    const made = await answer(asked);
    await settleAudit(database, entry, 'done');
    return made;
  } catch (error) {
    await settleAudit(database, entry, error instanceof Problem ? error.code : 'internal');
    throw error;
  }
}

/** Who signs in by the API token is called so. */
export const TOKEN_NAME = 'API token';

function read(shape: z.ZodType | undefined, came: unknown, code: ProblemCode): unknown {
  if (shape === undefined) return undefined;
  const found = shape.safeParse(came);
  if (found.success) {
    // What PostgreSQL holds in no text: refused here, and not by a statement that fails.
    if (!JSON.stringify(found.data).includes('\\u0000')) return found.data;
    throw new Problem(code, 'A text holds the character U+0000, which no text may.');
  }
  const { message, path } = found.error.issues[0]!;
  throw new Problem(code, `${message}.`, { pointer: path.map((part) => `/${String(part)}`).join('') });
}
