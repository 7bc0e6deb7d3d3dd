/** Messages, what waits for colleagues, events, and what was set aside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { Event, EventName, SetAside } from '../../server/api/contract/events.ts';
import type { Changed, Message, Origin } from '../../server/api/contract/messages.ts';
import type { Work } from '../../server/api/contract/work.ts';
import { fill } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

interface Page<T> {
  items: T[];
  next: string | null;
}

let stage: ApiStage;
let woken = 0;
beforeAll(async () => {
  stage = await apiStage(() => ({ onAppended: () => (woken += 1) }));
  await fill(stage.database);
  const { pool } = stage.database;
  await pool.query(
    `INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id, properties)
     SELECT 'shop', 'm' || n, 'track', CASE WHEN n % 5 = 0 THEN 'order.completed' ELSE 'cart.updated' END, now(), now(), 'ada',
            CASE WHEN n % 5 = 0 THEN '{"total": 12}' ELSE '{"value": 3, "cart_id": "c1"}' END::jsonb FROM generate_series(1, 20) n`,
  );
  await pool.query(`UPDATE firings SET evidence = ARRAY['m20'] WHERE id = 'e-ada'`);
  await pool.query(
    `INSERT INTO pending_events (arrival, at, received_at, attempts, set_aside_at, error)
     SELECT arrival, at, received_at, 5, now(), 'RangeError: too far' FROM events WHERE message_id IN ('m1', 'm2')`,
  );
  await pool.query(
    `UPDATE effects SET claim = '{"wait": {"since": 1000, "tries": 3, "nextAt": 99000}}', reason = 'smtp-450' WHERE id = 'm-eve'`,
  );
  await pool.query(`UPDATE enrolments SET outcome = NULL, reason = NULL, ended_at = NULL WHERE id = 'e-eve'`);
});
afterAll(() => stage.close());

describe('messages', () => {
  it('are listed page by page, the latest first, and narrowed by state', async () => {
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await stage.get<Page<Message>>(`/api/messages?limit=3${after}`);
      seen.push(...body.items.map(({ to }) => to!.name!));
      after = body.next === null ? '' : `&after=${body.next}`;
    } while (after !== '');
    expect(seen).toEqual(['Ida', 'Hal', 'Gus', 'Fay', 'Eve', 'Cy', 'Ben', 'Ada']);
    const { body } = await stage.get<Page<Message>>('/api/messages?status=failed&playbook=nudge');
    expect(body.items).toEqual([
      expect.objectContaining({
        effect: 'm-eve',
        reason: { code: 'smtp-550', words: 'smtp-550' },
        wait: { since: '1970-01-01T00:00:01.000Z', tries: 3, nextAt: '1970-01-01T00:01:39.000Z' },
      }),
    ]);
  });

  it('lead back to their step and version', async () => {
    const { body } = await stage.post<{ items: Origin[] }>('/api/messages/origin', { id: 'm-ada' });
    expect(body.items).toEqual([
      expect.objectContaining({
        path: 'steps.0',
        playbook: 'nudge',
        evidence: [expect.objectContaining({ messageId: 'm20' })],
      }),
    ]);
  });

  it('are dropped where they wait; what does not wait is named as left', async () => {
    const { body } = await stage.post<Changed>('/api/messages/drop', { ids: ['m-eve', 'm-ada', 'none'] });
    expect(body).toEqual({ changed: ['m-eve'], left: ['m-ada', 'none'] });
    expect((await stage.post<Changed>('/api/messages/retry', { ids: ['m-eve'] })).body.changed).toEqual([]);
    const none = await stage.post<Problem>('/api/messages/drop', { ids: [] });
    expect([none.body.code, none.body.pointer]).toEqual(['invalid_body', '/ids']);
  });
});

describe('what waits for colleagues', () => {
  it('is listed by when it is due, and narrowed to a person, a kind and what is overdue', async () => {
    const list = async (query = '') => (await stage.get<Page<Work>>(`/api/work${query}`)).body.items;
    expect((await list()).map(({ kind, title, isOverdue }) => [kind, title, isOverdue])).toEqual([
      ['task', 'Call Fay', true],
      ['approval', 'Give Fay a voucher?', false],
    ]);
    expect((await list('?due=overdue')).map(({ id }) => id)).toEqual(['t-fay']);
    expect((await list('?kind=approval'))[0]).toMatchObject({
      persons: [{ id: 'kim', name: 'Kim' }],
      subject: { name: 'Fay' },
    });
    expect(await list('?person=max')).toEqual([]);
    const first = (await stage.get<Page<Work>>('/api/work?limit=1')).body;
    expect((await list(`?limit=1&after=${first.next}`)).map(({ id }) => id)).toEqual(['a-fay']);
  });

  it('is answered once, and the evaluator is told', async () => {
    const before = woken;
    const answer = (body: object) => stage.post<{ status: string; taken: boolean } & Problem>('/api/work/answer', body);
    expect((await answer({ id: 't-fay', kind: 'task', is: 'done' })).body).toMatchObject({
      status: 'done',
      taken: true,
    });
    expect((await answer({ id: 't-fay', kind: 'task', is: 'done' })).body).toMatchObject({
      status: 'done',
      taken: false,
    });
    expect(woken).toBe(before + 1);
    expect((await answer({ id: 't-fay', kind: 'task', is: 'given' })).body.pointer).toBe('/is');
    expect((await answer({ id: 'none', kind: 'task', is: 'done' })).status).toBe(404);
  });
});

describe('events', () => {
  it('are listed by the order in which they came, and by name', async () => {
    const { body } = await stage.get<Page<Event>>('/api/events?name=order.completed&limit=3');
    expect(body.items.map(({ messageId }) => messageId)).toEqual(['m20', 'm15', 'm10']);
    const rest = await stage.get<Page<Event>>(`/api/events?name=order.completed&limit=3&after=${body.next}`);
    expect([rest.body.items.map(({ messageId }) => messageId), rest.body.next]).toEqual([['m5'], null]);
    expect(body.items[0]!.subjects).toEqual([{ type: 'contact', id: 'ada' }]);
  });

  it('are counted by name, with their properties', async () => {
    const { body } = await stage.get<{ items: EventName[] }>('/api/events/names');
    const sent = body.items.filter(({ name }) => !name.startsWith('task.'));
    expect(
      sent.map(({ name, count, fields }) => [name, count, fields.map((one) => `${one.name}: ${one.type}`)]),
    ).toEqual([
      ['cart.updated', 16, ['cart_id: string', 'value: number']],
      ['order.completed', 4, ['total: number']],
    ]);
  });

  it('lead to what they fired', async () => {
    const { body: all } = await stage.get<Page<Event>>('/api/events?source=shop&limit=1');
    const { body } = await stage.get<{ firings: { playbook: string }[] }>(`/api/events/${all.items[0]!.arrival}`);
    expect(body.firings).toEqual([expect.objectContaining({ playbook: 'nudge', status: 'enrolled' })]);
    expect((await stage.get('/api/events/999999')).status).toBe(404);
  });

  it('that were set aside are evaluated again, and are then set aside no more', async () => {
    const { body } = await stage.get<Page<SetAside>>('/api/set-aside?limit=1');
    expect(body.items).toEqual([
      expect.objectContaining({ messageId: 'm1', attempts: 5, error: 'RangeError: too far' }),
    ]);
    const second = (await stage.get<Page<SetAside>>(`/api/set-aside?after=${body.next}`)).body.items;
    expect(second.map(({ messageId }) => messageId)).toEqual(['m2']);
    const arrivals = [body.items[0]!.arrival];
    const before = woken;
    expect((await stage.post('/api/set-aside/retry', { arrivals })).body).toEqual({ retried: arrivals });
    expect((await stage.post('/api/set-aside/retry', { arrivals })).body).toEqual({ retried: [] });
    expect(woken).toBe(before + 1);
  });
});

describe('what no statement takes', () => {
  it('is refused before one is made: a zero character, a place that no page has answered', async () => {
    const zero = await stage.post<Problem>('/api/people/search', { q: 'a\u0000b' });
    expect([zero.status, zero.body.code]).toEqual([400, 'invalid_body']);
    for (const place of ['[1e300,"x"]', '["a","b"]', '[1.5,"x"]', '[1,"a\\u0000"]', '[1]', 'x']) {
      const after = Buffer.from(place).toString('base64url');
      for (const path of ['/api/messages', '/api/events', '/api/set-aside', '/api/work', '/api/audit']) {
        expect([place, path, (await stage.get(`${path}?after=${after}`)).status]).toEqual([place, path, 400]);
      }
    }
    const far = Buffer.from('[8999999999999999,"x"]').toString('base64url');
    expect((await stage.get(`/api/messages?after=${far}`)).status).toBe(200);
  });
});
