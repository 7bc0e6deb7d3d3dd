/** What people do with a task besides answering it: it is given to another, put off, talked about (S6). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { Home } from '../../server/api/contract/home.ts';
import type { Work, WorkComment } from '../../server/api/contract/work.ts';
import { fill } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await apiStage();
  await fill(stage.database);
});
afterAll(() => stage.close());

const work = async (query = '') => (await stage.get<{ items: Work[] }>(`/api/work?kind=task${query}`)).body.items;
const assign = (from: string | null, to: string) => stage.post<Problem>('/api/work/assign', { id: 't-fay', from, to });

describe('giving a task away', () => {
  it('makes it another’s; who was too late hears whose it is, and twice the same is once', async () => {
    expect((await assign('kim', 'max')).status).toBe(200);
    expect((await work())[0]!.persons).toEqual([{ id: 'max', name: 'Max' }]);
    const late = await assign('kim', 'kim');
    expect([late.status, late.body.code]).toEqual([409, 'conflict']);
    expect(late.body.detail).toContain('max');
    expect((await assign('kim', 'max')).status).toBe(200);
    expect((await assign('max', 'nobody')).body.pointer).toBe('/to');
    expect((await stage.post('/api/work/assign', { id: 'a-fay', from: 'kim', to: 'max' })).status).toBe(404);
  });

  it('is no event, and answers nothing', async () => {
    const { rows } = await stage.database.pool.query(
      'SELECT (SELECT count(*)::int FROM events) AS n, status FROM tasks',
    );
    expect(rows).toEqual([{ n: 0, status: 'open' }]);
  });
});

describe('putting a task off', () => {
  const snooze = (until: string | null) => stage.post('/api/work/snooze', { id: 't-fay', until });

  it('leaves it out of the lists and of the count that leads there, until then', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await snooze(until)).status).toBe(200);
    expect(await work()).toEqual([]);
    expect(await work('&snoozed=yes')).toMatchObject([{ id: 't-fay', snoozedUntil: until }]);
    expect((await stage.get<Home>('/api/home')).body.needs).toMatchObject({ tasksOpen: 0, tasksOverdue: 0 });
    await snooze(new Date(Date.now() - 1).toISOString());
    expect(await work()).toMatchObject([{ id: 't-fay', isOverdue: true }]);
    await snooze(null);
    expect(await work()).toMatchObject([{ snoozedUntil: null }]);
  });

  it('is for what can still be done', async () => {
    await stage.post('/api/work/answer', { id: 't-fay', kind: 'task', is: 'done' });
    expect([(await snooze(null)).status, (await assign('max', 'kim')).status]).toEqual([409, 409]);
    await stage.post('/api/work/answer', { id: 't-fay', kind: 'task', is: 'reopened' });
  });
});

describe('saying something of a task', () => {
  it('stands once however often it is sent, as it was written, and not in the audit log', async () => {
    const said = { id: 't-fay', key: randomUUID(), text: '<b>She</b> is on holiday' };
    for (let n = 0; n < 2; n += 1) {
      const { body } = await stage.post<{ items: WorkComment[] }>('/api/work/comment', said);
      expect(body.items).toMatchObject([{ by: 'API token', text: '<b>She</b> is on holiday' }]);
    }
    expect((await work())[0]!.comments).toBe(1);
    const { rows } = await stage.database.pool.query("SELECT target FROM audit_log WHERE action = 'task.commented'");
    expect(rows).toEqual([{ target: 't-fay' }, { target: 't-fay' }]);
    expect((await stage.post('/api/work/comment', { ...said, id: 'none' })).status).toBe(404);
    expect((await stage.post<Problem>('/api/work/comment', { ...said, text: ' ' })).body.pointer).toBe('/text');
  });
});
