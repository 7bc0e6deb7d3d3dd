/** V6: a plan says what a deployment changes, and for whom; deploying it does that or nothing. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Plan } from '../../cli/operate/plan/plan.ts';
import { readDeployments } from '../../store/deployments/deployments.ts';
import { playbooks } from '../backtest/support.ts';
import { type System, startSystem } from '../support/system.ts';
import { cuebook } from './run-command.ts';

const TEN = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;

const WELCOME = `trigger: { event: signed_up }
again: always
steps:
  - record: begun
  - wait: 1d
  - record: stayed`;
const QUIET = 'trigger: { event: cart.updated, unless: order.completed, within: 2h }\nsteps: [{ record: quiet }]';
const WEEKLY = 'trigger: { schedule: monday at "09:00" }\nagain: always\nsteps: [{ record: week }]';

let system: System;
let folder: string;
beforeAll(async () => {
  // Of the whole file: `playbooks` makes folders of one test.
  folder = await mkdtemp(join(tmpdir(), 'cuebook-plan-'));
  await writeFile(join(folder, 'welcome.yaml'), `playbook: welcome\n${WELCOME}`);
  await writeFile(join(folder, 'quiet.yaml'), `playbook: quiet\n${QUIET}`);
  system = await startSystem({ playbooks: folder, clock: { mode: 'stepped', at: TEN } });
  vi.stubEnv('DATABASE_URL', urlOf(system));
  await system.post([
    { type: 'identify', at: TEN, userId: 'ada', traits: { plan: 'pro' } },
    { at: TEN, userId: 'ada', event: 'signed_up' },
    { at: TEN, userId: 'bob', event: 'signed_up' },
    { at: TEN, userId: 'bob', event: 'cart.updated' },
  ]);
  await system.step(TEN + HOUR);
  await system.step(TEN + HOUR + 1_000);
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => cuebook('deploy', folder));

function urlOf({ database }: System): string {
  return (database.pool as unknown as { options: { connectionString: string } }).options.connectionString;
}

async function planOf(of: string, ...options: string[]): Promise<Plan & { deployed: boolean }> {
  const { stdout, stderr } = await cuebook('plan', of, '--json', ...options);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const deployedHashes = async () =>
  Object.fromEntries((await readDeployments(system.database.pool)).map((one) => [one.playbook, one.versionHash]));

describe('what a plan says', () => {
  it('of files that are deployed as they are, that nothing would change', async () => {
    const plan = await planOf(folder);
    expect(plan.to).toBe(plan.from);
    expect(plan.playbooks.map(({ playbook, change }) => [playbook, change])).toEqual([
      ['quiet', 'unchanged'],
      ['welcome', 'unchanged'],
    ]);
    expect(plan).not.toHaveProperty('reach');
    const { stdout, code } = await cuebook('plan', folder);
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: 'Nothing would change: all is deployed as it is.',
    });
  });

  it('which steps are new, gone and changed, and that a put in one changes no other', async () => {
    const changed = await playbooks({
      quiet: QUIET,
      welcome: `${WELCOME.replace('record: begun', 'record: greeted').replace('  - wait: 1d\n', '  - wait: 2d\n  - task: Call\n    assign: contact.owner\n')}`,
    });
    const plan = await planOf(changed);
    expect(plan.faults).toEqual([]);
    const welcome = plan.playbooks.find(({ playbook }) => playbook === 'welcome')!;
    expect(welcome.change).toBe('changed');
    expect(welcome.differences.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'changed: record at steps.0',
      'changed: wait at steps.1',
      'new: task at steps.2',
    ]);
  });

  it('who is under way in which step of which version', async () => {
    const { underWay } = await planOf(folder);
    const { welcome } = await deployedHashes();
    expect(underWay).toEqual([
      {
        playbook: 'welcome',
        versionHash: welcome,
        path: 'steps.1',
        waits: true,
        enrolments: 2,
        step: 'wait at steps.1',
      },
    ]);
  });

  it('which schedules and watches begin and end, with what is open there', async () => {
    const { watches, playbooks: planned } = await planOf(await playbooks({ welcome: WELCOME, weekly: WEEKLY }));
    expect(watches).toEqual({
      begin: [{ playbook: 'weekly', kind: 'schedule', what: 'on schedule: monday at "09:00"' }],
      end: [{ playbook: 'quiet', kind: 'absence', what: 'no order.completed within 2 h of cart.updated', open: 1 }],
    });
    expect(planned.map(({ playbook, change }) => [playbook, change])).toEqual([
      ['weekly', 'added'],
      ['quiet', 'gone'],
      ['welcome', 'unchanged'],
    ]);
  });

  it('whom the stored events would reach newly and no more, with what would be done', async () => {
    const narrowed = await playbooks({ quiet: QUIET, welcome: `audience: contact.plan == "pro"\n${WELCOME}` });
    const { reach } = await planOf(narrowed);
    expect(reach).toEqual({
      days: 30,
      playbooks: [
        {
          playbook: 'welcome',
          both: 1,
          noMore: { count: 1, examples: ['bob'] },
          newly: { count: 0, examples: [] },
          effects: { before: { record: 2 }, after: { record: 1 } },
        },
      ],
    });
    const { stdout } = await cuebook('plan', narrowed);
    expect(stdout).toContain('welcome: 1 as before, 0 newly, 1 (bob) no more; record 2 → 1');
    expect(await planOf(narrowed, '--days', '0')).not.toHaveProperty('reach');
  });

  it('faults, and that the playbook goes on as it was deployed', async () => {
    const faulty = await playbooks({ welcome: WELCOME.replace('wait: 1d', 'wait: soon'), quiet: QUIET });
    const { stdout, code } = await cuebook('plan', faulty, '--json');
    const plan = JSON.parse(stdout) as Plan;
    expect(code).toBe(1);
    expect(plan.faults.join('\n')).toMatch(/welcome\.yaml:\d+:\d+ error/);
    expect(plan.playbooks).toContainEqual(
      expect.objectContaining({ playbook: 'welcome', change: 'unchanged', kept: true }),
    );
  });
});

describe('a plan is deployed as it is, or not at all', () => {
  const other = () => playbooks({ welcome: WELCOME.replace('1d', '3d'), quiet: QUIET });

  it('with --yes at once', async () => {
    const before = await deployedHashes();
    const plan = await planOf(await other(), '--yes');
    expect(plan.deployed).toBe(true);
    const after = await deployedHashes();
    expect(after.quiet).toBe(before.quiet);
    expect(after.welcome).toBe(plan.playbooks.find(({ playbook }) => playbook === 'welcome')!.after);
    expect(after.welcome).not.toBe(before.welcome);
  });

  it('without an answer nothing is deployed, and what to do is said', async () => {
    const before = await deployedHashes();
    const { stderr } = await cuebook('plan', await other(), '--days', '0');
    expect(stderr).toContain('Nothing is deployed. --yes deploys it');
    expect(await deployedHashes()).toEqual(before);
  });

  it('from its file, with the folder that it names', async () => {
    const planned = await other();
    const file = join(planned, '..', `plan-${Date.now()}.json`);
    await cuebook('plan', planned, '--out', file, '--days', '0');
    const { code } = await cuebook('deploy', '--plan', file);
    expect(code).toBe(0);
    expect((await planOf(planned)).to).toBe((JSON.parse(await readFile(file, 'utf8')) as Plan).to);
    expect((await planOf(planned)).from).toBe((JSON.parse(await readFile(file, 'utf8')) as Plan).to);
  });

  it('not where a file has changed since, nor where something else was deployed', async () => {
    const planned = await other();
    const file = join(planned, 'plan.json');
    await cuebook('plan', planned, '--out', file, '--days', '0');
    const path = join(planned, 'welcome.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('3d', '4d'));
    const before = await deployedHashes();
    const changed = await cuebook('deploy', '--plan', file);
    expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining('PLAN_MOVED') });
    expect(await deployedHashes()).toEqual(before);
    await writeFile(path, text);
    await cuebook('deploy', await playbooks({ welcome: WELCOME.replace('1d', '9d') }));
    const others = await deployedHashes();
    const moved = await cuebook('deploy', '--plan', file);
    expect(moved).toMatchObject({ code: 1, stderr: expect.stringContaining('PLAN_MOVED') });
    expect(await deployedHashes()).toEqual(others);
  });

  it('not from a file that is no plan', async () => {
    const file = join(await other(), 'plan.json');
    await writeFile(file, '{"schema":1}');
    const { code, stderr } = await cuebook('deploy', '--plan', file);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/PLAN_UNREADABLE[\s\S]*|is no plan: \/folder/),
    });
  });
});

it('deploying the old files again is the old version: who enters runs it, who is under way keeps theirs (N5)', async () => {
  const before = await deployedHashes();
  await cuebook('deploy', await playbooks({ welcome: WELCOME.replace('stayed', 'left'), quiet: QUIET }));
  const between = await deployedHashes();
  expect(between.welcome).not.toBe(before.welcome);
  await system.post([{ at: TEN + HOUR, userId: 'cleo', event: 'signed_up' }]);
  await system.idle();
  await cuebook('deploy', folder);
  expect(await deployedHashes()).toEqual(before);
  await system.post([{ at: TEN + HOUR, userId: 'dan', event: 'signed_up' }]);
  await system.idle();
  const { rows } = await system.database.pool.query(
    "SELECT subject_id AS id, version_hash AS version FROM enrolments WHERE subject_id IN ('cleo', 'dan') ORDER BY 1",
  );
  expect(rows).toEqual([
    { id: 'cleo', version: between.welcome },
    { id: 'dan', version: before.welcome },
  ]);
});
