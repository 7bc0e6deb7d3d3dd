/** `cuebook tasks` and `cuebook approvals` on a store: what is listed, page by page, and what answers say and change. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SECOND, START, type Stage, startStage } from '../activities/stage.ts';
import { cuebook, jsonLines } from './run-command.ts';

const PLAYBOOK = {
  path: 'asks.yaml',
  text: `playbook: asks
owner: ops@shop.example
trigger: { event: seen }
steps:
  - task: Call {{ contact.name }}
    assign: kim
    due: 2h
    wait_until_done: { within: 4h }
  - approve: [kim, sara]
    text: A discount for {{ contact.name }}
    within: 4h
    else: []
`,
};
let stage: Stage;
let count = 0;
beforeAll(async () => {
  stage = await startStage([PLAYBOOK]);
  await stage.record('contact', 'ada', { name: 'Ada' });
  vi.stubEnv('DATABASE_URL', stage.database.pool.options.connectionString!);
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stage.close();
});

/** @param second after the start, before anything was answered @returns the id of what is asked for then */
async function asked(kind: 'task' | 'approval', second = 0): Promise<string> {
  count += 1;
  const at = START + second * SECOND;
  const id = await stage.enrol('asks', { key: `k${count}`, at });
  const step = kind === 'task' ? { path: 'steps.0' } : { path: 'steps.1', leaves: true };
  await stage.ask(id, { name: 'do', at, ...step });
  const [effect] = await stage.rows<{ id: string }>('SELECT id FROM effects WHERE enrolment_id = $1', [id]);
  return effect!.id;
}

const events = async (id: string) =>
  (
    await stage.rows<{ line: string }>(
      `SELECT name || ' ' || coalesce(properties->>'by', '?') AS line FROM events
        WHERE coalesce(properties->>'task', properties->>'approval') = $1 AND name <> 'task.created' ORDER BY arrival`,
      [id],
    )
  ).map(({ line }) => line);

describe('tasks', { timeout: 30_000 }, () => {
  it('are listed in words and as JSON, newest first, of one colleague, page by page', async () => {
    await stage.step(START + 4 * SECOND);
    expect((await cuebook('tasks', 'list')).stdout).toBe('No task is open.\n');
    const ids = [await asked('task', 1), await asked('task', 2), await asked('task', 3)].reverse();
    const { stdout, stderr, code } = await cuebook('tasks', 'list', '--person', 'kim', '--limit', '2');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      ids[0],
      '  Call Ada',
      '  open, of kim, due 2026-03-02T12:00:03.000Z; asks for contact ada, since 2026-03-02T10:00:03.000Z',
    ]);
    expect(stderr).toBe(`More: cuebook tasks list --after ${ids[1]}\n`);
    const rest = jsonLines((await cuebook('tasks', 'list', '--after', ids[1]!, '--json')).stdout);
    expect(rest).toMatchObject([{ id: ids[2], kind: 'task', status: 'open', persons: ['kim'], playbook: 'asks' }]);
    expect((await cuebook('tasks', 'list', '--person', 'max')).stdout).toBe('No task is open.\n');
    expect((await cuebook('tasks', 'list', '--playbook', 'other')).stdout).toBe('No task is open.\n');
  });

  it('are accepted, done and opened again, each said once with who said it', async () => {
    const id = await asked('task');
    expect((await cuebook('tasks', 'accept', id, '--by', 'max')).stdout).toContain('accepted, of kim');
    expect(await cuebook('tasks', 'done', id, '--by', 'max')).toMatchObject({ code: 0 });
    // Said before: nothing is wrong, and nothing has changed.
    const again = { code: 0, stderr: 'It was done before: nothing has changed.\n' };
    expect(await cuebook('tasks', 'done', id)).toMatchObject(again);
    expect(jsonLines((await cuebook('tasks', 'list', '--status', 'done', '--json')).stdout)).toMatchObject([{ id }]);
    expect(await cuebook('tasks', 'accept', id)).toMatchObject({
      code: 1,
      stderr: 'It is done, and cannot be accepted any more.\n',
    });
    await stage.step(START + 5 * SECOND);
    expect(jsonLines((await cuebook('tasks', 'reopen', id, '--json')).stdout)).toMatchObject([{ id, status: 'open' }]);
    expect(await events(id)).toEqual(['task.accepted max', 'task.done max', 'task.reopened ?']);
  });

  it('that there are not are told, and the others are answered all the same', async () => {
    const id = await asked('task');
    const { code, stderr } = await cuebook('tasks', 'done', 'none-of-these', id);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'There is no task none-of-these. `cuebook tasks list` shows them.\n',
    });
    expect(await events(id)).toEqual(['task.done ?']);
    const approval = await asked('approval');
    expect((await cuebook('tasks', 'done', approval)).code).toBe(1);
  });

  it('are asked for by states that there are', async () => {
    const { code, stderr } = await cuebook('tasks', 'list', '--status', 'finished');
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed are open, accepted, done, withdrawn.');
    expect((await cuebook('tasks', 'list', '--limit', '0')).stderr).toContain('A whole number from 1 to 1000');
  });
});

describe('approvals', { timeout: 30_000 }, () => {
  it('are listed with who was asked and until when, and answered once: the first counts', async () => {
    const id = await asked('approval');
    const list = await cuebook('approvals', 'list', '--person', 'sara');
    expect(list.stdout).toContain('A discount for Ada');
    expect(list.stdout).toMatch(/open, asked of kim, sara, until 2026-03-02T\d\d:00:\d\d\.000Z; asks for contact ada/);
    expect((await cuebook('approvals', 'refuse', id, '--by', 'sara')).stdout).toContain('refused, asked of kim, sara');
    expect(await cuebook('approvals', 'give', id, '--by', 'kim')).toMatchObject({
      code: 1,
      stderr: 'It is refused, and cannot be given any more.\n',
    });
    expect(await events(id)).toEqual(['approval.refused sara']);
  });
});
