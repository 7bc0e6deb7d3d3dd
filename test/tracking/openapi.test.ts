/** `/openapi.json` says what the server takes: its calls are described by the shape that checks them. */
import { describe, expect, it } from 'vitest';
import { CALL_TYPES, callShape } from '../../events/call-schema.ts';
import { openapi } from '../../server/api/openapi.ts';

interface Described {
  openapi: string;
  paths: { [path: string]: object };
  components: {
    schemas: { [name: string]: { properties?: { [member: string]: object }; additionalProperties?: unknown } };
  };
}

const description = JSON.parse(JSON.stringify(openapi('1.2.3'))) as Described;

/** Every value of a key, however deep. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [...(name === key ? [item] : []), ...valuesOf(key, item)]);
}

describe('/openapi.json', () => {
  it('describes each call by its own shape, and lets further members through', () => {
    const { Call } = description.components.schemas;
    expect(Object.keys(Call!.properties!)).toEqual(Object.keys(callShape.shape));
    expect(Call!.properties).toMatchObject({
      type: { type: 'string', enum: [...CALL_TYPES] },
      userId: { type: ['string', 'number'] },
      timestamp: { type: 'string', format: 'date-time' },
      properties: { type: 'object' },
    });
    expect(Call!.additionalProperties).toBe(true);
  });

  it('is one document: what it refers to is in it', () => {
    const refs = new Set(valuesOf('$ref', description) as string[]);
    expect(refs.size).toBeGreaterThan(3);
    for (const ref of refs)
      expect(description.components.schemas).toHaveProperty(ref.replace('#/components/schemas/', ''));
    for (const key of ['$schema', '$defs', '$id']) expect(valuesOf(key, description)).toEqual([]);
  });

  it('names every route beside those of the contract, which are told with it', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(Object.keys(description.paths)).toEqual([
      ...CALL_TYPES.map((type) => `/v1/${type}`),
      '/v1/batch',
      '/v1/import',
      '/v1/projects/{writeKey}/settings',
      '/u/{token}',
      '/a/{token}',
      '/api/tasks',
      '/api/tasks/{id}',
      '/api/approvals',
      '/api/approvals/{id}',
      '/api/overview',
      '/api/live',
      '/healthz',
      '/readyz',
      '/metrics',
      '/openapi.json',
    ]);
  });
});
