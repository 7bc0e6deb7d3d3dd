/** What `cuebook new activity` writes: an activity that calls a service, and a playbook whose test uses it. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { readEnvironment } from '../../environment.ts';
import { Failure } from '../../failure.ts';
import { print } from '../../output.ts';
import { isCuebook } from '../activities.ts';

const NAME = /^[a-z][a-z0-9-]{0,50}$/;

/** @throws Failure where the name is none, or one of the files is there already */
export async function newActivity(name: string): Promise<void> {
  if (!NAME.test(name)) {
    throw new Failure(
      'WRONG_USE',
      `\`${name}\` cannot be the name of an activity.`,
      'Small letters, digits and dashes: look-up-company.',
    );
  }
  const playbooks = resolve(readEnvironment().CUEBOOK_PLAYBOOKS);
  const root = dirname(playbooks);
  const isOwn = await isCuebook(root);
  const activity = join(root, 'activities', ...(isOwn ? ['custom'] : []), `${name}.ts`);
  const playbook = join(playbooks, `try-${name}.yaml`);
  const types = isOwn ? '../calls/activity.ts' : 'cuebook/dist/activities/calls/activity.js';
  for (const file of [activity, playbook]) if (existsSync(file)) throw isThere(file);
  await write(activity, activityText(name, types));
  await write(playbook, playbookText(name));
  print(`Written: ${shown(activity)} and ${shown(playbook)}.`);
  print(`Try it: npx cuebook test ${shown(playbook)}`);
}

function shown(path: string): string {
  return relative('.', path);
}

/** @throws Failure where another has made it meanwhile */
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? isThere(path) : error;
  });
}

function isThere(path: string): Failure {
  const hint = 'Choose another name, or take the file away first.';
  return new Failure('FILE_EXISTS', `${shown(path)} is there already.`, hint);
}

function activityText(name: string, types: string): string {
  return `/** Asks a service about a contact. Change its address, what it is given and what it answers. */
import type { ActivityTools } from '${types}';

export const activity = ({ z, define }: ActivityTools) =>
  define({
    name: '${name}',
    description: 'Asks the service about a contact.',
    with: z.strictObject({ id: z.string().min(1) }),
    answer: z.object({ name: z.string() }),
    // Whether asking twice does no harm, or the service tells a repetition by the idempotency key.
    repeatable: true,
    example: { id: 'ada' },
    async run({ id }, { fetch, secret, idempotencyKey, refuse, later }) {
      const response = await fetch(\`https://service.example/contacts/\${encodeURIComponent(id)}\`, {
        headers: { authorization: \`Bearer \${secret('SERVICE_TOKEN')}\`, 'idempotency-key': idempotencyKey },
      });
      if (response.status === 404) refuse('unknown');
      if (response.status === 429 || response.status >= 500) later(\`http-\${response.status}\`);
      if (!response.ok) refuse(\`http-\${response.status}\`);
      return await response.json();
    },
  });
`;
}

function playbookText(name: string): string {
  return `playbook: try-${name}
description: Shows what the activity ${name} is for; change it, or take it away.
trigger: { event: trial.started }
steps:
  - id: asked
    do: ${name}
    with: { id: "{{ contact.id }}" }
  - if: steps.asked.status == "done"
    then: [{ record: known, value: steps.asked.answer.name }]
    else: [{ record: unknown }]
tests:
  - it: goes on with what the service answers
    contact: { id: ada }
    answers: { asked: { answer: { name: Ada } } }
    events: [{ at: 2026-03-02T10:00:00Z, event: trial.started }]
    expect:
      - { do: ${name}, with: { id: ada } }
      - { record: known, value: Ada }
      - { outcome: completed }
  - it: goes on without it where the service knows nothing
    contact: ada
    answers: { asked: { refused: unknown } }
    events: [{ at: 2026-03-02T10:00:00Z, event: trial.started }]
    expect: [{ record: unknown }, { outcome: completed }]
`;
}
