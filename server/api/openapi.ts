/** `/openapi.json`: what this server answers. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CALL_TYPES, callShape } from '../../events/call-schema.ts';
import { ASKED_ROUTES, answerBody } from '../people/answers-api.ts';
import type { Endpoint } from './contract/endpoint.ts';

const PROBLEM = {
  description: 'A problem (RFC 9457) with a stable `code`.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const BUSY = { ...PROBLEM, headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } } };

function json(schema: object, description: string): object {
  return { description, content: { 'application/json': { schema } } };
}

function write(summary: string, body: string, answer: string): object {
  return {
    post: {
      summary,
      security: [{ writeKey: [] }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${body}` } } },
      },
      responses: {
        200: json({ $ref: `#/components/schemas/${answer}` }, 'Stored, and committed.'),
        400: PROBLEM,
        401: PROBLEM,
        403: PROBLEM,
        413: PROBLEM,
        415: PROBLEM,
        429: BUSY,
        503: BUSY,
      },
    },
  };
}

function read(summary: string, type: string, security: object[] = [], role = ''): object {
  const answer = { description: 'The answer.', content: { [type]: {} } };
  return {
    get: {
      summary,
      ...(role !== '' && takes(role)),
      security,
      responses: { 200: answer, ...(security.length > 0 && { 401: PROBLEM }) },
    },
  };
}

/** As the guard asks for it. */
const takes = (role: string) => ({ description: `Takes the role ${role}.` });
const text = { type: 'string' };
const object = { type: 'object', additionalProperties: true };

/** @param version of Cuebook; @param endpoints of the contract that are served */
export function openapi(version: string, endpoints: readonly Endpoint[] = []): object {
  const calls = CALL_TYPES.map((name) => [`/v1/${name}`, write(`Segment's ${name} call.`, 'Call', 'Success')]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cuebook',
      version,
      description: 'The tracking API takes events in; the API says what playbooks made of them.',
    },
    paths: {
      ...Object.fromEntries(calls),
      '/v1/batch': write('Calls of any kind, stamped by their sender.', 'Batch', 'BatchAnswer'),
      '/v1/import': write('Dated history: each event counts at its own timestamp.', 'Batch', 'BatchAnswer'),
      '/v1/projects/{writeKey}/settings': {
        parameters: [{ name: 'writeKey', in: 'path', required: true, schema: text }],
        ...read('What Segment’s SDK for browsers loads, with this server as its cdnURL.', 'application/json'),
      },
      '/u/{token}': unsubscribe(),
      '/a/{token}': answerPage(),
      ...askedPaths(),
      ...contractPaths(endpoints),
      '/api/overview': read('What the playbooks have done so far.', 'application/json', [{ token: [] }], 'viewer'),
      '/api/live': read(
        'What has changed, as server-sent events, with resume by Last-Event-ID.',
        'text/event-stream',
        [{ token: [] }],
        'viewer',
      ),
      '/healthz': read('The process lives.', 'application/json'),
      '/readyz': {
        get: { summary: 'It can take events.', security: [], responses: { 200: json(object, 'Ready.'), 503: BUSY } },
      },
      '/metrics': read('Counts for Prometheus.', 'text/plain'),
      '/openapi.json': read('This description.', 'application/json'),
    },
    components: {
      securitySchemes: {
        writeKey: {
          type: 'http',
          scheme: 'basic',
          description: 'The write key is the user name; the password is empty.',
        },
        token: { type: 'http', scheme: 'bearer', description: 'The API token.' },
      },
      schemas: schemas(),
    },
  };
}

/** The routes of the contract, each by its shapes. */
function contractPaths(endpoints: readonly Endpoint[]): { [path: string]: object } {
  const paths: { [path: string]: object } = {};
  for (const { method, path, role, summary, params, query, body, answer, streams } of endpoints) {
    const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')];
    const operation = {
      summary,
      ...takes(role),
      security: [{ token: [] }],
      ...(parameters.length > 0 && { parameters }),
      ...(body && {
        requestBody: { required: true, content: { 'application/json': { schema: shapeOf(body, 'input') } } },
      }),
      responses: {
        200: streams
          ? { description: 'A line each.', content: { 'application/x-ndjson': { schema: shapeOf(answer, 'output') } } }
          : json(shapeOf(answer, 'output'), 'The answer.'),
        400: PROBLEM,
        401: PROBLEM,
        403: PROBLEM,
        404: PROBLEM,
      },
    };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  return paths;
}

function parametersOf(shape: z.ZodObject | undefined, where: 'path' | 'query'): object[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = shapeOf(shape, 'input') as { properties?: object; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: where, schema },
    required: where === 'path' || required.includes(name),
  }));
}

/** Whole in itself: what is shared is written out. */
function shapeOf(shape: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, reused: 'inline', unrepresentable: 'any' });
  return schema;
}

function askedPaths(): { [path: string]: object } {
  const paths = Object.entries(ASKED_ROUTES).flatMap(([kind, route]): [string, object][] => {
    const { $schema: _, ...schema } = z.toJSONSchema(answerBody(kind as keyof typeof ASKED_ROUTES), { io: 'input' });
    const named = (name: string) => ({ name, in: 'query', schema: text });
    const list = read(
      `Every ${kind} that can be answered, newest first.`,
      'application/json',
      [{ token: [] }],
      'viewer',
    );
    const responses = { 200: json(object, 'What it is by now.'), 400: PROBLEM, 401: PROBLEM, 404: PROBLEM };
    return [
      [route, { parameters: ['status', 'person', 'playbook', 'after', 'limit'].map(named), ...list }],
      [
        `${route}/{id}`,
        {
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
          post: {
            summary: `Answers a ${kind}.`.replace('a approval', 'an approval'),
            ...takes('operator'),
            security: [{ token: [] }],
            requestBody: { required: true, content: { 'application/json': { schema } } },
            responses,
          },
        },
      ],
    ];
  });
  return Object.fromEntries(paths);
}

function answerPage(): object {
  const page = { description: 'A page.', content: { 'text/html': {} } };
  const responses = { 200: page, 404: page };
  return {
    parameters: [{ name: 'token', in: 'path', required: true, schema: text }],
    get: { summary: 'What a colleague is asked for, and buttons to answer.', security: [], responses },
    post: { summary: 'Answers a task or an approval.', security: [], responses },
  };
}

function unsubscribe(): object {
  const token = { name: 'token', in: 'path', required: true, schema: text };
  const page = { description: 'A page.', content: { 'text/html': {} } };
  return {
    parameters: [token],
    get: {
      summary: 'What a person receives, and a button to end it.',
      security: [],
      responses: { 200: page, 404: page },
    },
    post: { summary: 'Unsubscribes at one click (RFC 8058).', security: [], responses: { 200: page, 404: page } },
  };
}

/** Of the shape with which calls are checked. */
function callSchema(): object {
  const { $schema: _, ...schema } = z.toJSONSchema(callShape, { io: 'input', unrepresentable: 'any' });
  const description = 'One Segment call. What it does not read is let through.';
  return { ...schema, description, additionalProperties: true };
}

function schemas(): object {
  const instant = { type: 'string', format: 'date-time' };
  return {
    Call: callSchema(),
    Batch: {
      type: 'object',
      required: ['batch'],
      properties: {
        batch: { type: 'array', items: { $ref: '#/components/schemas/Call' } },
        context: object,
        sentAt: instant,
      },
    },
    Success: { type: 'object', required: ['success'], properties: { success: { const: true } } },
    BatchAnswer: {
      type: 'object',
      required: ['success', 'accepted', 'duplicates', 'refused'],
      properties: {
        success: { const: true },
        accepted: { type: 'integer' },
        duplicates: { type: 'integer' },
        refused: { type: 'array', items: object },
      },
    },
    Problem: {
      type: 'object',
      required: ['type', 'title', 'status', 'code'],
      properties: { type: text, title: text, status: { type: 'integer' }, detail: text, code: text, pointer: text },
      additionalProperties: true,
    },
  };
}

export function openapiRoute(app: FastifyInstance, version: string, endpoints: readonly Endpoint[] = []): void {
  const description = openapi(version, endpoints);
  app.get('/openapi.json', () => description);
}
