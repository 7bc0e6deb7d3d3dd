/** `cuebook pause`, `halt` and `resume`, on real parts: what journeys do, and where it is seen. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { cuebook } from '../cli/run-command.ts';
import { type System, startSystem } from '../support/system.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const MINUTE = 60_000;
const WELCOME = `playbook: welcome
trigger: { event: trial.started }
again: always
steps:
  - wait: 1h
  - send: email
    template: hallo
    class: transactional
`;
let system: System;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-'));
  await mkdir(join(folder, 'templates'));
  await writeFile(join(folder, 'welcome.yaml'), WELCOME);
  await writeFile(join(folder, 'templates/hallo.txt'), '---\nsubject: Hallo\n---\nHallo\n');
  await writeFile(join(folder, 'settings.yaml'), 'time_zone: UTC\nsender: { name: Us, from: us@example.com }\n');
  system = await startSystem({ playbooks: folder, clock: { mode: 'stepped', at: START } });
  vi.stubEnv('DATABASE_URL', system.database.pool.options.connectionString!);
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await system.stop();
  await rm(folder, { recursive: true });
});

const operate = (verb: string, body?: unknown, token = system.apiToken) =>
  fetch(`${system.baseUrl}/api/playbooks/${verb}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const shown = async (path: string) => {
  const headers = { authorization: `Bearer ${system.apiToken}`, accept: 'text/html' };
  return (await fetch(`${system.baseUrl}${path}`, { headers })).text();
};
const started = (userId: string) => system.post([{ userId, event: 'trial.started' }]);

it('holds the mail of a halted playbook and sends it at the resume; who comes meanwhile is refused, and told so', async () => {
  await system.post([
    { type: 'identify', userId: 'ada', traits: { email: 'ada@example.com' } },
    { type: 'identify', userId: 'ben', traits: { email: 'ben@example.com' } },
  ]);
  await started('ada');
  await system.step(START + MINUTE);

  const wrong = await cuebook('halt', 'welcom');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('UNKNOWN_PLAYBOOK');
  expect(wrong.stderr).toContain('did you mean `welcome`?');

  const halted = await cuebook('halt', 'welcome', '--by', 'kim', '--reason', 'wrong price');
  expect(halted).toMatchObject({ code: 0, stderr: '' });
  expect(halted.stdout).toContain('welcome is halted; it was active.');
  expect(halted.stdout).toContain('Effects of its 1 open journey are held');
  await started('ben');
  await system.step(START + 90 * MINUTE);
  expect(await system.mails()).toEqual([]);

  expect((await cuebook('explain', '--subject', 'ada')).stdout).toContain(
    'steps.1 gate: held: the playbook is halted, until it is resumed',
  );
  expect((await cuebook('explain', '--subject', 'ben')).stdout).toContain(
    'refused: inactive: the playbook is paused, halted, or no longer deployed; looked at status = "halted"',
  );
  expect(await shown('/overview/live')).toContain(
    'by kim: wrong price">halted</span> <span class="soft">1 effect held',
  );
  expect(JSON.parse(await shown('/api/overview'))).toMatchObject({
    stopped: [{ playbook: 'welcome', status: 'halted', by: 'kim', reason: 'wrong price', held: 1 }],
    backlog: { overdueEnrolments: 0 },
  });
  const metrics = await shown('/metrics');
  expect(metrics).toContain('cuebook_playbook_status{playbook="welcome",status="halted"} 1');
  expect(metrics).toContain('cuebook_playbook_status{playbook="welcome",status="active"} 0');
  expect(metrics).toContain('cuebook_effects_held{playbook="welcome"} 1');
  expect((await cuebook('deploy', folder, '--dry-run')).stderr).toContain(
    'halted: welcome; `cuebook resume welcome` lets it go on',
  );

  const resumed = await cuebook('resume', 'welcome', '--json');
  expect(JSON.parse(resumed.stdout)).toEqual({
    playbook: 'welcome',
    status: 'active',
    was: 'halted',
    openEnrolments: 1,
    released: 1,
  });
  await system.idle();
  expect(await system.mails()).toMatchObject([{ to: 'ada@example.com' }]);
  await system.step(START + 180 * MINUTE);
  expect(await system.mails()).toHaveLength(1);
}, 60_000);

it('the API does the same, for whoever has the token', async () => {
  const paused = await operate('welcome/pause', { by: 'kim', reason: 'holiday' });
  expect(await paused.json()).toMatchObject({ playbook: 'welcome', status: 'paused', was: 'active' });
  expect(await (await operate('welcome/pause', {})).json()).toMatchObject({ was: 'paused' });
  expect(await (await operate('welcome/resume', {})).json()).toMatchObject({ status: 'active', was: 'paused' });
  expect((await operate('welcome/halt', {}, 'another')).status).toBe(401);
  expect(await (await operate('welcom/halt', {})).json()).toMatchObject({
    code: 'not_found',
    detail: expect.stringContaining('`welcome`'),
  });
  for (const body of [undefined, [], { by: '' }, { who: 'kim' }, { reason: 1 }]) {
    const answer = await operate('welcome/halt', body);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      400,
      body === undefined ? expect.any(String) : 'invalid_body',
    ]);
  }
  const said = 'SELECT status, changed_by, reason FROM playbook_status_changes ORDER BY id DESC LIMIT 2';
  expect((await system.database.pool.query(said)).rows).toEqual([
    { status: 'active', changed_by: 'api', reason: null },
    { status: 'paused', changed_by: 'kim', reason: 'holiday' },
  ]);
});
