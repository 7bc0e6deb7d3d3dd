/** A folder is read from disk within bounds, and editors get its shape. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileJsonSchema } from '../../language/compile/files/json-schema.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { LANGUAGE_CODES } from '../../language/diagnostics/codes.ts';
import { editDistance, nearest } from '../../language/diagnostics/nearest.ts';
import { TEMPLATE_CODES } from '../../language/template.ts';
import { registry } from './workspace.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-folder-'));
  await mkdir(join(folder, 'traits'));
  await mkdir(join(folder, 'segment'));
  await writeFile(join(folder, 'a.yaml'), 'playbook: a\ntrigger: { event: x }\nsteps: [{ record: y }]\n');
  await writeFile(join(folder, 'traits', 't.yaml'), 'traits: {}\n');
  await writeFile(join(folder, 'segment', 's.yaml'), 'segments: {}\n');
  await writeFile(join(folder, 'README.md'), 'not read');
  await writeFile(join(folder, '.hidden.yaml'), 'not read');
  await writeFile(join(folder, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe4]));
  await symlink('/etc/passwd', join(folder, 'link.yaml'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a folder of playbooks', () => {
  it('is read without following links, and what is left out is told', async () => {
    const { files, diagnostics } = await loadFolder(folder);
    expect(files.map((file) => file.path)).toEqual(['a.yaml', 'segment/s.yaml', 'traits/t.yaml']);
    expect(diagnostics.map((d) => `${d.code} ${d.file}`)).toEqual([
      'CB113 playbooks/latin.yaml',
      'CB113 playbooks/link.yaml',
    ]);
  });

  it('a file in a folder that nobody looks into is told', async () => {
    const { files } = await loadFolder(folder);
    const { diagnostics, versions } = compileWorkspace(files, registry);
    expect(diagnostics.map((d) => `${d.code} ${d.file} ${d.hint}`)).toEqual([
      'CB216 playbooks/segment/s.yaml did you mean `segments`?',
    ]);
    expect(versions).toHaveLength(1);
  });

  it('a name that cannot be one is told with what a name is', () => {
    const files = [
      { path: 'segments/s.yaml', text: 'segments: { a-b: contact.x == 1 }\n' },
      { path: 'settings.yaml', text: 'required: { contat: [email] }\n' },
    ];
    const { diagnostics } = compileWorkspace(files, registry);
    expect(diagnostics.map((d) => `${d.line}:${d.column} ${d.message}; ${d.hint ?? ''}`)).toEqual([
      '1:13 `a-b` cannot be a name: a name has letters, digits and _; write a_b',
      '1:13 unknown key `contat`; did you mean `contact`?',
    ]);
  });
});

describe('editors', () => {
  const schema = fileJsonSchema('playbooks', registry) as {
    properties: object;
    $defs: { [name: string]: { anyOf: { title: string; properties: object }[] } };
  };

  it('know every step and every kind of trigger, with what may stand beside them', () => {
    // `do` stands once for each activity: `do chat-message`.
    const kinds = schema.$defs.step?.anyOf.map((s) => s.title.split(' ')[0]);
    expect([...new Set(kinds)]).toEqual(registry.steps.map((s) => s.kind));
    expect(schema.$defs.step?.anyOf.map((s) => s.title)).toContain('do chat-message');
    expect(schema.$defs.arm?.anyOf.map((s) => s.title)).toEqual(registry.conditions.map((c) => c.kind));
    for (const step of schema.$defs.step?.anyOf ?? []) expect(Object.keys(step.properties)).toContain('on_error');
    for (const arm of schema.$defs.arm?.anyOf ?? []) expect(Object.keys(arm.properties)).toContain('key');
  });

  it('know steps within steps', () => {
    const branch = schema.$defs.step?.anyOf.find((s) => s.title === 'if')?.properties as { then: { items: object } };
    expect(branch.then.items).toEqual({ $ref: '#/$defs/step' });
    expect(() => JSON.stringify(schema)).not.toThrow();
  });
});

describe('codes', () => {
  it('that are said are listed, and those that are listed are said', () => {
    const folders = ['language', 'triggers', 'workflows', 'steps'].map(
      (name) => new URL(`../../${name}/`, import.meta.url),
    );
    const listed = [...LANGUAGE_CODES, ...TEMPLATE_CODES].map((entry) => entry.code);
    expect([...new Set(folders.flatMap(codesInSources))].sort()).toEqual(listed.sort());
  });

  it('stand once each, with a title and a line that explains', () => {
    const all = [...LANGUAGE_CODES, ...TEMPLATE_CODES];
    expect(new Set(all.map((entry) => entry.code)).size).toBe(all.length);
    for (const { code, title, explanation } of all) {
      expect(code).toMatch(/^CB\d{3}$/);
      expect(title.length > 0 && explanation.length > 0).toBe(true);
    }
  });
});

/** Every code that the sources say, in quotes. */
function codesInSources(folder: URL): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.flatMap((entry) => {
    if (!entry.name.endsWith('.ts') || /^codes\.ts$/.test(entry.name)) return [];
    return readFileSync(join(entry.parentPath, entry.name), 'utf8').match(/(?<=')CB\d{3}(?=')/g) ?? [];
  });
}

describe('did you mean', () => {
  it('finds a slip of the finger, and does not guess wildly', () => {
    expect(editDistance('sedn', 'send')).toBe(1);
    expect(nearest('tempalte', ['template', 'class'])).toBe('template');
    expect(nearest('schedule', ['event', 'within'])).toBeUndefined();
  });
});
