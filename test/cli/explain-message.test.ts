/** `explain --message` leads from a mail back to its step, line, version, commit and events; what waits tells its next try. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { originsOf } from '../../cli/run/origins.ts';
import { type System, startSystem } from '../support/system.ts';
import { cuebook, jsonLines } from './run-command.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const WELCOME = `playbook: welcome
trigger: { event: trial.started, key: event.trial }
again: always
steps:
  - record: seen
  - if: trigger.plan == "pro"
    then:
      - send: email
        template: hallo
        class: transactional
`;
let folder: string;
let commit: string;

const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args])
    .toString()
    .trim();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-'));
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'welcome.yaml'), WELCOME);
  await writeFile(join(folder, 'templates/hallo.txt'), '---\nsubject: Hallo\n---\nHallo\n');
  await writeFile(join(folder, 'settings.yaml'), 'time_zone: UTC\nsender: { name: Us, from: us@example.com }\n');
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  commit = git('rev-parse', 'HEAD');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function started(system: System): Promise<void> {
  vi.stubEnv('DATABASE_URL', system.database.pool.options.connectionString!);
  const traits = { email: 'ada@example.com', name: 'Ada' };
  await system.post([
    { type: 'identify', userId: 'u1', traits },
    { userId: 'u1', event: 'trial.started', messageId: 'm-trial', properties: { trial: 't1', plan: 'pro' } },
  ]);
}

describe('from a mail back', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ playbooks: folder, clock: { mode: 'stepped', at: START } });
    await started(system);
    await system.step(START + 60_000);
  }, 120_000);
  afterAll(() => system.stop());

  it('leads to the step, its line, its version, the commit and the events', async () => {
    const { rows } = await system.database.pool.query('SELECT provider_id FROM messages');
    const { stdout, code } = await cuebook('explain', '--message', rows[0].provider_id);
    expect(code).toBe(0);
    expect(stdout).toContain('hallo (transactional) to u1: sent 2026-03-02T10:');
    expect(stdout).toMatch(/by send \(steps\.1\.then\.0\) of welcome, \S*welcome\.yaml:8\n/);
    expect(stdout).toMatch(new RegExp(`version [0-9a-f]{64}, of commit ${commit}\\n`));
    expect(stdout).toMatch(/for contact u1, key t1, fired \S+, by\n {4}trial\.started m-trial of 2026-03-02T10:/);
    expect(stdout).toContain('cuebook explain --subject contact/u1 --playbook welcome');
  });

  it('also as mail programs write it, and for programs', async () => {
    const { rows } = await system.database.pool.query('SELECT provider_id, effect_id FROM messages');
    const bare = String(rows[0].provider_id).replace(/[<>]/g, '');
    for (const asked of [bare, `<${bare}>`, rows[0].effect_id]) {
      const { stdout } = await cuebook('explain', '--message', asked, '--json');
      expect(jsonLines(stdout)).toMatchObject([
        {
          type: 'message',
          playbook: 'welcome',
          version: { commit },
          evidence: [{ messageId: 'm-trial', name: 'trial.started' }],
        },
      ]);
    }
  });

  it('one that there is not is told, and so is asking for nothing', async () => {
    expect(await cuebook('explain', '--message', 'nobody')).toMatchObject({
      stderr: expect.stringContaining('No message is called nobody.'),
    });
    expect((await cuebook('explain')).stderr).toContain('What is to be explained?');
  });

  it('one that waits for its provider tells how often it was tried, and when it is next', async () => {
    const wait = { since: START + 60_000, tries: 2, nextAt: START + 90_000, code: 'smtp-421' };
    const { rows } = await system.database.pool.query(
      `UPDATE effects SET status = 'failed', reason = 'smtp-421', done_at = NULL, claim = $1 WHERE kind = 'send' RETURNING id`,
      [JSON.stringify({ wait })],
    );
    const tried = 'tried 2 times since 2026-03-02T10:01:00.000Z, next try 2026-03-02T10:01:30.000Z';
    expect((await cuebook('explain', '--message', rows[0].id)).stdout).toMatch(new RegExp(`waits: .*; ${tried}`));
    expect((await cuebook('explain', '--subject', 'u1')).stdout).toMatch(
      new RegExp(`Mail “hallo” to Ada \\(waits: .*; ${tried}`),
    );
  });
});

describe('the commit of a version', () => {
  const places = new Map([['hash', { file: 'books/welcome.yaml', lines: { 'steps.0': 5 } }]]);
  const origin = { file: 'books/welcome.yaml', lines: { 'steps.0': 5 } };
  const commitNow = async () => (await originsOf(folder, 'books', places)).get('hash');

  it('is known while its file, and what it refers to, is as it was committed', async () => {
    expect(await commitNow()).toEqual({ ...origin, commit });
    await writeFile(join(folder, 'other.yaml'), 'playbook: other\n');
    expect(await commitNow()).toEqual({ ...origin, commit });
    await writeFile(join(folder, 'welcome.yaml'), `${WELCOME}\n`);
    expect(await commitNow()).toEqual(origin);
    await writeFile(join(folder, 'welcome.yaml'), WELCOME);
    await writeFile(join(folder, 'templates/hallo.txt'), '---\nsubject: Ho\n---\nHallo\n');
    expect(await commitNow()).toEqual(origin);
  });

  it('is none where there is no repository', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'cuebook-'));
    expect((await originsOf(bare, 'books', places)).get('hash')).toEqual(origin);
    await rm(bare, { recursive: true });
  });
});
