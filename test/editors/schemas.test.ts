/** The JSON Schemas that editors get, read by an independent validator, beside what the compiler says of the same files. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SCHEMA_KINDS, type SchemaKind, schemaFileOf } from '../../language/compile/files/file-kinds.ts';
import { fileJsonSchema } from '../../language/compile/files/json-schema.ts';
import { type FolderNames, namesIn } from '../../language/compile/files/schema-names.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { registry, shippedFiles } from '../language/workspace.ts';

const validator = (kind: SchemaKind, names?: FolderNames) =>
  new Ajv2020({ strict: false, validateFormats: false }).compile(fileJsonSchema(kind, registry, names));
const validators = Object.fromEntries(SCHEMA_KINDS.map((kind) => [kind, validator(kind)]));
const frontMatter = (text: string) => parse(text.split(/^---\s*$/m)[1]!) as unknown;

function kindOf(path: string): SchemaKind {
  const [folder, ...inner] = path.split('/');
  if (inner.length === 0) return path === 'settings.yaml' ? 'settings' : 'playbooks';
  return folder as SchemaKind;
}

/** Of wrong values and missing keys those that are so by themselves; others are about how two values go together (CB202, CB203). */
const BY_ITSELF = new Set([
  'count-above-the-bound.yaml',
  'count-in-quotes.yaml',
  'count-of-zero.yaml',
  'count-that-is-not-whole.yaml',
  'negative-count.yaml',
  'no-steps.yaml',
  'send-that-is-unknown-in-other-words.yaml',
  'sequence-of-one.yaml',
]);

describe('JSON Schemas', () => {
  it('take every file that ships', async () => {
    for (const { path, text } of await shippedFiles()) {
      const kind = kindOf(path);
      const validate = validators[kind]!;
      const value: unknown = kind === 'templates' ? frontMatter(text) : parse(text);
      expect(validate(value) || validate.errors, path).toBe(true);
    }
  });

  it('refuse every playbook whose shape the compiler refuses: keys, types, what is missing', () => {
    const folder = new URL('../../playbooks/invalid/', import.meta.url);
    let refused = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const [, code] = /^# expects: (CB\d+)/.exec(text) ?? [];
      if (code !== 'CB201' && !BY_ITSELF.has(file)) continue;
      expect(validators.playbooks!(parse(text)), file).toBe(false);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(BY_ITSELF.size);
  });

  it.each([
    ['templates', { subjct: 'x' }],
    ['templates', { preheader: 'x' }],
    ['traits', { traits: { total: { cuont: 'order.completed' } } }],
    ['segments', { segments: { vip: ['contact.vip'] } }],
    ['calendars', { calendar: 'c', time_zone: 'UTC', hours: { mon: 'open' } }],
    ['sla', { policy: 'p', clocks: {}, whre: 'true' }],
    ['people', { person: 'kim', emial: 'kim@example.com' }],
    ['settings', { sender: { name: 'Us', form: 'us@example.com' } }],
  ] as const)('refuse a slip in %s: %j', (kind, value) => {
    expect(validators[kind]!(value)).toBe(false);
  });

  it('have what a folder holds where its names may stand, and take others still', async () => {
    const { workspace } = compileWorkspace(await shippedFiles(), registry);
    const names = namesIn(workspace);
    const text = JSON.stringify(fileJsonSchema('playbooks', registry, names));
    for (const list of [names.templates, names.playbooks, names.calendars, names.clocks, names.addressees]) {
      expect(list.length).toBeGreaterThan(0);
      expect(text).toContain(JSON.stringify(list));
    }
    expect(JSON.stringify(fileJsonSchema('people', registry, names))).toContain(JSON.stringify(names.teams));
    const validate = validator('playbooks', names);
    for (const { path, text: file } of await shippedFiles())
      if (kindOf(path) === 'playbooks') expect(validate(parse(file)) || validate.errors, path).toBe(true);
    const other = {
      playbook: 'p',
      trigger: { event: 'x' },
      steps: [{ send: 'email', template: 'new', class: 'marketing' }],
    };
    expect(validate(other)).toBe(true);
  });

  it('are what a fresh clone has VS Code read', () => {
    const settings = JSON.parse(readFileSync(new URL('../../.vscode/settings.json', import.meta.url), 'utf8')) as {
      'yaml.schemas': { [file: string]: string[] };
    };
    const mapped = Object.keys(settings['yaml.schemas'])
      .map((file) => basename(file))
      .sort();
    expect(mapped).toEqual(
      SCHEMA_KINDS.filter((kind) => kind !== 'templates')
        .map(schemaFileOf)
        .sort(),
    );
    for (const file of Object.keys(settings['yaml.schemas'])) {
      expect(() => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))).not.toThrow();
    }
  });
});
