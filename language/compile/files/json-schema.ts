/** JSON Schema of every kind of file, for editors: made from the shapes that the compiler itself checks with. */
import type { z } from 'zod';
import type { Registry } from '../../syntax.ts';
import { frontMatterShape } from '../../template/front-matter.ts';
import { jsonSchemaOf } from '../shape.ts';
import {
  calendarShape,
  personShape,
  playbookShape,
  policyShape,
  segmentsShape,
  settingsShape,
  teamsShape,
  traitsShape,
} from '../shapes.ts';
import { expectedKinds, testShape } from '../tests/shape.ts';
import { traitShapes } from '../traits/trait-shapes.ts';
import type { SchemaKind } from './file-kinds.ts';
import { type FolderNames, withNames } from './schema-names.ts';

type Schema = { [key: string]: unknown };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const STEP = { $ref: '#/$defs/step' };
const STEPS = { type: 'array', items: STEP };
const TEXT = { type: 'string' };

/** Keys that every step may have (S18). */
const COMMON: Schema = {
  id: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'what the step is called in steps.<id>' },
  if: { type: ['string', 'boolean'], description: 'the step happens only when this holds' },
  on_error: { anyOf: [{ enum: ['retry', 'skip', 'exit'] }, STEPS] },
  retry: {
    type: 'object',
    properties: { attempts: { type: 'integer', minimum: 1, maximum: 100 }, backoff: TEXT },
    additionalProperties: false,
  },
};

/**
 * The schema of one kind of file, draft 2020-12. It says which keys go where; what expressions and references mean is
 * the linter's.
 *
 * @param names of a folder, to be completed where they may stand
 */
export function fileJsonSchema(kind: SchemaKind, registry: Registry, names?: FolderNames): Schema {
  const schema = schemaOfKind(kind, registry);
  return names === undefined ? schema : (withNames(schema, names) as Schema);
}

function schemaOfKind(kind: SchemaKind, registry: Registry): Schema {
  switch (kind) {
    case 'templates':
      return { $schema: DRAFT, title: 'Cuebook template: its front matter', ...schemaOf(frontMatterShape) };
    case 'playbooks':
      return playbookJsonSchema(registry);
    case 'traits':
      return traitsJsonSchema(registry);
    case 'segments':
      return { $schema: DRAFT, title: 'Cuebook segments', ...schemaOf(segmentsShape) };
    case 'calendars':
      return { $schema: DRAFT, title: 'Cuebook calendar', ...schemaOf(calendarShape) };
    case 'sla':
      return { $schema: DRAFT, title: 'Cuebook service levels', ...schemaOf(policyShape) };
    case 'people':
      return {
        $schema: DRAFT,
        title: 'Cuebook person, or teams',
        anyOf: [schemaOf(personShape), schemaOf(teamsShape)],
      };
    case 'settings':
      return { $schema: DRAFT, title: 'Cuebook settings', ...schemaOf(settingsShape) };
  }
}

/** The schema of a playbook file. */
function playbookJsonSchema(registry: Registry): Schema {
  const playbook = schemaOf(playbookShape);
  const properties = playbook.properties as Schema;
  properties.trigger = { $ref: '#/$defs/trigger' };
  for (const key of ['steps', 'on_goal', 'on_exit']) properties[key] = STEPS;
  properties.tests = { type: 'array', items: { $ref: '#/$defs/test' } };
  const arm = { anyOf: registry.conditions.map((condition) => armSchema(schemaOf(condition.schema), condition)) };
  return {
    $schema: DRAFT,
    title: 'Cuebook playbook',
    ...playbook,
    $defs: {
      trigger: { anyOf: [{ $ref: '#/$defs/arm' }, anySchema()] },
      arm,
      step: { anyOf: registry.steps.flatMap((step) => stepSchemas(step, registry)) },
      test: schemaOf(testShape(expectedKinds(registry))),
    },
  };
}

/** The schema of a file under traits/: each trait in one of its forms (T14). */
function traitsJsonSchema(registry: Registry): Schema {
  const file = schemaOf(traitsShape);
  const properties = file.properties as Schema;
  const forms = traitShapes(registry).map(({ kind, shape, example }) => ({
    ...schemaOf(shape),
    title: kind,
    examples: [example],
  }));
  properties.traits = { ...(properties.traits as Schema), additionalProperties: { $ref: '#/$defs/trait' } };
  return {
    $schema: DRAFT,
    title: 'Cuebook computed traits',
    ...file,
    $defs: { trait: { anyOf: forms } },
  };
}

function schemaOf(shape: z.ZodType): Schema {
  const { $schema: _, $defs: __, ...schema } = jsonSchemaOf(shape) as Schema;
  return withAnything(schema) as Schema;
}

/** What is any JSON refers to itself, by the root of its own schema: inside of another one that leads nowhere. */
function withAnything(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withAnything);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref } = schema as Schema;
  if (typeof $ref === 'string' && /^#\/\$defs\/__schema\d+$/.test($ref)) return {};
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withAnything(value)]));
}

function armSchema(schema: Schema, { kind, example }: { kind: string; example: string }): Schema {
  const properties = { ...(schema.properties as Schema), as: TEXT, key: TEXT };
  return { ...schema, title: kind, examples: [example], properties };
}

function anySchema(): Schema {
  return {
    type: 'object',
    title: 'any',
    properties: { any: { type: 'array', items: { $ref: '#/$defs/arm' }, minItems: 1 }, key: TEXT },
    required: ['any'],
    additionalProperties: false,
  };
}

/** Of `do` one for each activity that is known, with the values that it takes (S17). */
function stepSchemas(step: Registry['steps'][number], { activities = [] }: Registry): Schema[] {
  const whole = stepSchema(schemaOf(step.schema), step);
  if (step.kind !== 'do' || activities.length === 0) return [whole];
  return activities.map(({ name, description, with: given, example }) => {
    const { properties, required, ...shape } = schemaOf(given) as Schema & { properties?: Schema };
    // A template makes any value.
    const members = Object.entries(properties ?? {}).map(([key, one]) => [key, { anyOf: [one, TEXT] }]);
    const values = { ...shape, properties: Object.fromEntries(members), ...(required !== undefined && { required }) };
    const own = whole.properties as Schema;
    return {
      ...whole,
      title: `do ${name}`,
      description,
      examples: [`- do: ${name}\n  with: ${JSON.stringify(example)}`],
      properties: { ...own, do: { const: name, description }, with: values },
    };
  });
}

/** A list of anything in the shape of a step is a list of steps. */
function stepSchema(schema: Schema, { kind, example }: { kind: string; example: string }): Schema {
  const own = withSteps(schema) as Schema;
  const properties = { ...COMMON, ...(own.properties as Schema) };
  return { ...own, title: kind, examples: [example], properties };
}

function withSteps(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withSteps);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = withSteps(value);
  const { type, items } = schema as Schema;
  const anything = typeof items === 'object' && items !== null && Object.keys(items).length === 0;
  if (type === 'array' && anything) copy.items = STEP;
  return copy;
}
