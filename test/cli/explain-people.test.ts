/** `explain` as people ask: by address and name, with the mails and tasks that came of it, the latest first, page by page. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type System, startSystem } from '../support/system.ts';
import { cuebook, jsonLines } from './run-command.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const DAY = 86_400_000;
const WELCOME = `playbook: welcome
trigger: { event: trial.started, key: event.trial }
again: always
steps:
  - if: contact.plan == "pro"
    then:
      - send: email
        template: hallo
        class: transactional
  - task: "Call {{ contact.name }}"
    assign: kim
`;
const NEVER = 'playbook: never\ntrigger: { event: trial.startd }\nsteps: [{ record: seen }]\n';
let system: System;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-'));
  await mkdir(join(folder, 'templates'));
  await mkdir(join(folder, 'people'));
  await writeFile(join(folder, 'welcome.yaml'), WELCOME);
  await writeFile(join(folder, 'never.yaml'), NEVER);
  await writeFile(join(folder, 'templates/hallo.txt'), '---\nsubject: Hallo\n---\nHallo\n');
  await writeFile(join(folder, 'people/kim.yaml'), 'person: kim\nname: Kim Lee\nemail: kim@example.com\n');
  await writeFile(join(folder, 'settings.yaml'), 'time_zone: UTC\nsender: { name: Us, from: us@example.com }\n');
  system = await startSystem({ playbooks: folder, clock: { mode: 'stepped', at: START } });
  const { database } = system;
  vi.stubEnv('DATABASE_URL', database.pool.options.connectionString!);
  const traits = { email: 'ada@example.com', name: 'Ada Lovelace', plan: 'pro', time_zone: 'Europe/Berlin' };
  await system.post([
    { type: 'identify', userId: 'u1', traits },
    { type: 'identify', userId: 'u2', traits: { email: 'ad@example.com', name: 'Adam Lovelace' } },
    { type: 'track', userId: 'u1', event: 'trial.started', properties: { trial: 't1' } },
  ]);
  await system.step(START + 60_000);
  await system.step(START + DAY);
  await system.post([{ type: 'track', userId: 'u1', event: 'trial.started', properties: { trial: 't2' } }]);
  await system.step(START + DAY + 60_000);
  await system.post([
    { type: 'track', userId: 'u1-old', event: 'app.opened' },
    { type: 'alias', previousId: 'u1-old', userId: 'u1' },
  ]);
  await system.step(START + DAY + 120_000);
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await system.stop();
  await rm(folder, { recursive: true });
});

const asked = (...args: string[]) => cuebook('explain', '--subject', ...args);

describe('explain', () => {
  it('finds a person by the address and tells in sentences what came of it, with the local time', async () => {
    const { stdout } = await asked('ADA@example.com');
    expect(stdout).toMatch(/^contact u1 {2}Ada Lovelace, ada@example\.com\n/);
    expect(stdout).toContain('branch: `contact.plan == "pro"` holds: contact.plan = "pro"');
    expect(stdout).toMatch(/2026-03-02T10:\S+Z \(Mon 11:0\d Europe\/Berlin\) {2}Mail “hallo” to Ada Lovelace/);
    expect(stdout).toMatch(/Europe\/Berlin\) {2}.*Kim Lee.*Call Ada Lovelace|Call Ada Lovelace.*Kim Lee/);
    expect(stdout).toContain('ended completed');
  });

  it('tells the latest first', async () => {
    const { stdout } = await asked('u1');
    expect(stdout.indexOf('key t2')).toBeGreaterThan(0);
    expect(stdout.indexOf('key t1')).toBeGreaterThan(stdout.indexOf('key t2'));
  });

  it('page by page', async () => {
    const { stdout } = await asked('u1', '--limit', '1');
    expect(stdout).toContain('key t2');
    expect(stdout).not.toContain('key t1');
    const before = /--before (\S+)/.exec(stdout)![1]!;
    const second = await asked('u1', '--limit', '1', '--before', before);
    expect(second.stdout).toContain('key t1');
    expect(second.stdout).not.toContain('key t2');
    expect(second.stdout).not.toContain('--before');
  });

  it('gives programs the effects as lines of their own, beside what there was', async () => {
    const lines = jsonLines((await asked('u1', '--json')).stdout);
    const effects = lines.filter(({ type }) => type === 'effect');
    expect(effects.map(({ kind, status }) => [kind, status])).toEqual([
      ['send', 'done'],
      ['task', 'done'],
      ['send', 'done'],
      ['task', 'done'],
    ]);
    expect(lines.filter(({ type }) => type === 'firing')).toHaveLength(2);
  });

  it('by a name that one has; of a name that several have it lists them', async () => {
    expect((await asked('ada lovelace')).stdout).toContain('contact u1');
    const { stdout, stderr, code } = await asked('Lovelace');
    expect(stderr).toContain('SEVERAL_SUBJECTS: 2 records have Lovelace in their name.');
    expect(stdout).toBe('  contact/u1  Ada Lovelace, ada@example.com\n  contact/u2  Adam Lovelace, ad@example.com\n');
    expect(code).toBe(2);
    expect((await asked('100%')).stderr).toContain('UNKNOWN_SUBJECT');
    // What was asked by its address is not told back: the message has no address in it, and no mark in its place.
    const nobody = (await asked('nobody@example.com')).stderr;
    expect(nobody).toContain('Nobody and nothing that is stored has this id, address or name.');
    expect(nobody).not.toContain('[address]');
  });

  it('an id that was merged away leads to whoever it became, and to itself before that', async () => {
    const { stdout } = await asked('u1-old');
    expect(stdout).toMatch(/^contact u1-old {2}was merged into contact u1:\ncontact u1 {2}Ada Lovelace/);
    expect(stdout).toContain('ended completed');
    const lines = jsonLines((await asked('u1-old', '--json')).stdout);
    expect(lines[0]).toEqual({ type: 'merged', subjectType: 'contact', subject: 'u1-old', into: 'u1' });
    expect(lines.filter(({ type }) => type === 'firing')).toHaveLength(2);
    const before = await asked('u1-old', '--at', new Date(START + DAY).toISOString());
    expect(before.stdout).not.toContain('merged');
  });

  it('what has not fired is told with the events that came, and the one that may be meant', async () => {
    const { stdout } = await asked('u1');
    expect(stdout).toContain('has not fired; it fires at trial.startd; what came is ');
    expect(stdout).toContain('trial.started (2)');
    expect(stdout).toContain('is `trial.started` meant?');
  });

  it('a playbook that is none is an error, with the one that may be meant', async () => {
    const { stderr, code } = await asked('u1', '--playbook', 'welcom');
    expect(stderr).toContain('UNKNOWN_PLAYBOOK');
    expect(stderr).toContain('did you mean `welcome`?');
    expect(code).toBe(2);
  });
});
