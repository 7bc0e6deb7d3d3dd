/** N5: who is under way goes over to another version where that is certain: nothing is lost by it, nothing done twice. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signalClock } from '../../worker/clock-stepper.ts';
import { workflowIdOf } from '../../workflows/cohort/types.ts';
import { type System, startSystem } from '../support/system.ts';
import { cuebook } from './run-command.ts';

const TEN = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const folders: string[] = [];
let system: System;
let now = TEN;

async function folderOf(texts: { [name: string]: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-migrate-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(
      join(folder, `${name}.yaml`),
      `playbook: ${name}\ntrigger: { event: ${name} }\nagain: always\n${text}`,
    );
  }
  return folder;
}

const WAITS = 'steps: [{ record: begun }, { wait: 2d }, { record: old }]';
const LISTENS = `exit_on: left
steps:
  - record: begun
  - wait_for: paid
    within: 3d
    then: [{ record: thanked }, { wait: 1d }, { record: old }]
    else: [{ record: lost }]`;
const REPEATS = 'steps: [{ repeat: { every: 1d, at_most: 4 }, steps: [{ record: round }] }, { record: old }]';
const OPEN_END = 'steps: [{ wait_for: paid, then: [{ record: thanked }], else: [] }, { record: old }]';
const ALL = { waits: WAITS, listens: LISTENS, repeats: REPEATS };

async function pass(ms: number): Promise<void> {
  now += ms;
  await system.step(now);
  await system.step((now += 1_000));
}

async function enter(userId: string, ...events: string[]): Promise<void> {
  await system.post(events.map((event) => ({ at: now, userId, event })));
  await pass(1_000);
}

/** What was recorded of a person by the steps of their enrolments, in order. */
async function recorded(subject: string): Promise<string[]> {
  const { rows } = await system.database.pool.query<{ name: string }>(
    'SELECT name FROM outcomes WHERE subject_id = $1 AND path LIKE $2 ORDER BY at, path',
    [subject, 'steps%'],
  );
  return rows.map(({ name }) => name);
}

async function outcomeOf(subject: string): Promise<string | null> {
  const { rows } = await system.database.pool.query<{ outcome: string | null }>(
    'SELECT outcome FROM enrolments WHERE subject_id = $1',
    [subject],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!.outcome;
}

async function deployed(texts: { [name: string]: string }): Promise<void> {
  const { stderr } = await cuebook('deploy', await folderOf(texts));
  expect(stderr).not.toContain('error');
}

interface Migrated {
  done: boolean;
  migrated: number;
  stay: { enrolment: string; from: string; reason: string }[];
}

async function migrated(playbook: string, ...options: string[]): Promise<Migrated> {
  const { stdout, stderr } = await cuebook('migrate', playbook, '--json', ...options);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

beforeAll(async () => {
  system = await startSystem({ playbooks: await folderOf(ALL), clock: { mode: 'stepped', at: TEN } });
  const { connectionString } = (system.database.pool as unknown as { options: { connectionString: string } }).options;
  vi.stubEnv('DATABASE_URL', connectionString);
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await system?.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('who waits, and whose steps so far are the same in both', () => {
  it('goes on in the new version: the wait ends when it would have, and what was done is not done again', async () => {
    await deployed(ALL);
    await enter('ada', 'waits');
    await deployed({ ...ALL, waits: WAITS.replace('record: old', 'record: new') });
    expect(await migrated('waits')).toEqual(expect.objectContaining({ done: false, migrated: 1, stay: [] }));
    expect(await migrated('waits', '--yes')).toMatchObject({ done: true, migrated: 1, stay: [] });
    expect(await migrated('waits', '--yes')).toMatchObject({ migrated: 0, stay: [] });
    await pass(1 * DAY);
    expect(await recorded('ada')).toEqual(['begun']);
    await pass(1 * DAY);
    expect(await recorded('ada')).toEqual(['begun', 'new']);
    expect(await outcomeOf('ada')).toBe('completed');
    const { stdout } = await cuebook('explain', '--subject', 'ada');
    expect(stdout).toContain('migrated');
  });

  it('behind a wait that an event has ended, too: it is not waited for again', async () => {
    await deployed(ALL);
    await enter('bea', 'listens');
    await enter('bea', 'paid');
    expect(await recorded('bea')).toEqual(['begun', 'thanked']);
    // The wait that is over may be another: where it is now follows from what it was answered.
    const changed = LISTENS.replace('record: old', 'record: new').replace('within: 3d', 'within: 4d');
    await deployed({ ...ALL, listens: changed });
    expect(await migrated('listens', '--yes')).toMatchObject({ migrated: 1, stay: [] });
    await pass(1 * DAY);
    expect(await recorded('bea')).toEqual(['begun', 'thanked', 'new']);
  });

  it('hears what it waits for, and what ends it, as before', async () => {
    await deployed(ALL);
    await enter('cleo', 'listens');
    await enter('cora', 'listens');
    await deployed({ ...ALL, listens: LISTENS.replace('record: thanked', 'record: praised') });
    expect(await migrated('listens', '--yes')).toMatchObject({ migrated: 2, stay: [] });
    await pass(HOUR);
    await enter('cleo', 'paid');
    await enter('cora', 'left');
    expect(await recorded('cleo')).toEqual(['begun', 'praised']);
    expect(await outcomeOf('cora')).toBe('exited');
  });

  it('in a round of a repeat: the rounds go on counting', async () => {
    await deployed(ALL);
    await enter('dora', 'repeats');
    await pass(DAY);
    expect(await recorded('dora')).toEqual(['round', 'round']);
    await deployed({ ...ALL, repeats: REPEATS.replace('record: old', 'record: new') });
    expect(await migrated('repeats', '--yes')).toMatchObject({ migrated: 1, stay: [] });
    await pass(DAY);
    await pass(DAY);
    expect(await recorded('dora')).toEqual(['round', 'round', 'round', 'round', 'new']);
  });

  it('and back again: who went over goes on in the old version', async () => {
    await deployed(ALL);
    await enter('emma', 'waits');
    await deployed({ ...ALL, waits: WAITS.replace('record: old', 'record: new') });
    await migrated('waits', '--yes');
    await pass(HOUR);
    await deployed(ALL);
    expect(await migrated('waits', '--yes')).toMatchObject({ migrated: 1, stay: [] });
    await pass(2 * DAY);
    expect(await recorded('emma')).toEqual(['begun', 'old']);
  });
});

it('the workflow that had it finds at its deadline that it has it no more, and ends', async () => {
  await deployed(ALL);
  await enter('gil', 'waits');
  const { rows } = await system.database.pool.query<{ id: string }>(
    "SELECT cohort_id AS id FROM enrolments WHERE subject_id = 'gil'",
  );
  // In the new version another step stands behind the wait: what the old one would do there must not happen.
  const changed = 'steps: [{ record: begun }, { wait: 2d }, { wait: 3d }, { record: late }]';
  await deployed({ ...ALL, waits: changed });
  expect(await migrated('waits', '--yes')).toMatchObject({ migrated: 1, stay: [] });
  await pass(2 * DAY);
  const { client } = system.runtime.worker!;
  expect(await signalClock(client, rows[0]!.id, { now, warp: 0 })).toBe(true);
  await client.workflow.getHandle(workflowIdOf(rows[0]!.id)).result();
  expect(await outcomeOf('gil')).toBe(null);
  await pass(3 * DAY);
  expect(await recorded('gil')).toEqual(['begun', 'late']);
  expect(await outcomeOf('gil')).toBe('completed');
});

describe('who stays, with the reason', () => {
  const reasons = ({ stay }: Migrated) => stay.map(({ reason }) => reason);

  it.each([
    [
      'a step was put before where it waits',
      WAITS.replace('{ record: begun }', '{ record: begun }, { record: more }'),
      'steps_changed',
    ],
    ['the wait is another', WAITS.replace('2d', '5d'), 'wait_changed'],
    ['the goal is another', `goal: paid\n${WAITS}`, 'goal_changed'],
  ])('%s', async (_what, text, reason) => {
    await deployed(ALL);
    const person = `stays-${reason}`;
    await enter(person, 'waits');
    await deployed({ ...ALL, waits: text });
    const result = await migrated('waits', '--yes');
    expect(result.migrated).toBe(0);
    expect(reasons(result)).toEqual([reason]);
    const { stdout } = await cuebook('migrate', 'waits');
    expect(stdout).toContain('left as they are');
    await pass(2 * DAY);
    expect(await recorded(person)).toEqual(['begun', 'old']);
  });

  it('a wait without a deadline', async () => {
    await deployed({ open: OPEN_END });
    await enter('fay', 'open');
    await deployed({ open: OPEN_END.replace('record: old', 'record: new') });
    expect(reasons(await migrated('open', '--yes'))).toEqual(['no_deadline']);
  });

  it('names what there is for a playbook or a version that is not there', async () => {
    await deployed(ALL);
    expect(await cuebook('migrate', 'wait')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('NO_SUCH_PLAYBOOK'),
    });
    expect(await cuebook('migrate', 'waits', '--from', 'zz')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('NO_SUCH_VERSION'),
    });
  });
});
