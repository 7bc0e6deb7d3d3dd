/** S17: files of activities, as a company's own folder has them, and what lint says of `do`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadActivities, shippedActivities } from '../../activities/calls/load.ts';
import { registryBeside } from '../../cli/playbooks/activities.ts';
import { fileJsonSchema } from '../../language/compile/files/json-schema.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compileOne, registry } from '../language/workspace.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

const GOOD = (name: string, more = '') => `export const activity = ({ z, define }) => define({
  name: '${name}', description: 'Says a level.', repeatable: true, example: { points: 1 },
  with: z.strictObject({ points: z.number() }), answer: z.object({ level: z.string() }),
  run: ({ points }) => ({ level: points > 5 ? 'gold' : 'tin' }), ${more} });`;
const TYPED = `import type { ActivityTools } from 'cuebook/dist/activities/calls/activity.js';
import { createHash } from 'node:crypto';
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
${GOOD('typed').replace('({ z, define })', '({ z, define }: ActivityTools)').replace("'tin'", "hash('tin')")}`;

async function folderOf(files: { [name: string]: string }): Promise<string> {
  const root = await makeTempFolder();
  await mkdir(join(root, 'playbooks'));
  await mkdir(join(root, 'activities'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'activities', name), text);
  return root;
}

describe('a folder of activities', () => {
  it('gives those of its files, TypeScript without its types, beside those of Cuebook', async () => {
    const files = { 'plain.mjs': GOOD('plain'), 'typed.ts': TYPED, 'plain.test.mjs': 'no', 'README.md': 'no' };
    const root = await folderOf(files);
    const found = await loadActivities(join(root, 'activities'), await shippedActivities());
    expect([...found.keys()].sort()).toEqual(['chat-message', 'plain', 'typed']);
    expect(await found.get('plain')!.run({ points: 7 }, {} as never)).toEqual({ level: 'gold' });
    expect(((await found.get('typed')!.run({ points: 1 }, {} as never)) as { level: string }).level).toHaveLength(64);
    expect(await loadActivities(join(root, 'none'), new Map())).toEqual(new Map());
  });

  it.each([
    ['no-export.mjs', 'export const other = 1;', /it exports no `activity`/],
    ['other-name.mjs', GOOD('another'), /it is called `another`, and its file `other-name`/],
    ['no-run.mjs', GOOD('no-run', 'run: 3'), /`run` is not what it should be/],
    ['too-long.mjs', GOOD('too-long', 'timeoutMs: 60_000'), /`timeoutMs` is not what it should be/],
    ['no-json.mjs', GOOD('no-json', 'answer: z.date()'), /`answer` has a shape that JSON does not have/],
    ['bad-example.mjs', GOOD('bad-example', 'example: { points: "7" }'), /its `example` is not what/],
    ['chat-message.mjs', GOOD('chat-message'), /there is an activity `chat-message` already/],
    ['broken.mjs', 'export const activity = (', /./],
    ['imports.ts', `import { z } from 'zod';\n${TYPED.replaceAll('typed', 'imports')}\nz;`, /imports types alone/],
  ])('names the file that is none, and what is wrong: %s', async (name, text, message) => {
    const root = await folderOf({ [name]: text });
    const refused = expect(registryBeside(join(root, 'playbooks'))).rejects;
    await refused.toMatchObject({ code: 'ACTIVITY_UNREADABLE', message: expect.stringMatching(message) });
    await expect(registryBeside(join(root, 'playbooks'))).rejects.toThrow(name);
  });
});

describe('the step `do`', () => {
  it('is completed in editors with the names that there are, and the values of each', () => {
    const { $defs } = fileJsonSchema('playbooks', registry) as {
      $defs: { step: { anyOf: { title: string; properties: { do: object; with: { properties: object } } }[] } };
    };
    const chat = $defs.step.anyOf.find(({ title }) => title === 'do chat-message')!;
    expect(chat.properties.do).toMatchObject({ const: 'chat-message' });
    expect(Object.keys(chat.properties.with.properties)).toEqual(['text']);
  });

  const tested = (line: string, answers: string, contact = '{ id: ada, name: Ada }') => {
    const text = `playbook: p
trigger: { event: seen }
steps:
  - { id: told, do: chat-message, with: { text: "{{ contact.name }}" } }
  - { if: steps.told.status == "done", then: [{ record: told }], else: [{ record: untold, value: steps.told.reason }] }
tests:
  - it: tells
    contact: ${contact}
    answers: ${answers}
    events: [{ at: 2026-03-02T10:00:00Z, event: seen }]
    expect: [${line}, { outcome: completed }]
`;
    const { versions, tests, diagnostics, workspace } = compileOne(text);
    return { diagnostics, run: () => runTest(versions[0]!, tests.get('p')![0]!, workspace.people).faults };
  };

  it('is a line in a test, which says what comes back', () => {
    const done = '{ do: chat-message, with: { text: Ada } }, { record: told }';
    expect(tested(done, '{ told: { answer: {} } }').run()).toEqual([]);
    expect(tested('{ record: untold, value: http-404 }', '{ told: { refused: http-404 } }').run()).toEqual([]);
  });

  it('has answers of its own shape alone', () => {
    const [fault] = tested('{ record: told }', '{ told: { answer: { level: gold } } }').diagnostics;
    expect(fault).toMatchObject({ code: 'CB642', line: 9, message: expect.stringContaining('does not answer so') });
  });

  it('is refused where its values come out otherwise than the activity asks for: an absent one is left out', () => {
    const { diagnostics, run } = tested('{ record: untold, value: invalid_input }', '{}', '{ id: ada }');
    expect(diagnostics).toEqual([]);
    expect(run()).toEqual([]);
    const long = `{ id: ada, name: ${'x'.repeat(3_001)} }`;
    expect(tested('{ record: untold, value: invalid_input }', '{}', long).run()).toEqual([]);
  });
});
