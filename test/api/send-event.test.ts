/** An event that somebody sends from the app counts as one of a server does, and the same one once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { AnswerOf } from '../../server/api/contract/endpoint.ts';
import type { Event, sendEvent } from '../../server/api/contract/events.ts';
import { type ApiStage, apiStage } from './support.ts';

let stage: ApiStage;
let woken = 0;
beforeAll(async () => {
  stage = await apiStage(() => ({ onAppended: () => (woken += 1) }));
});
afterAll(() => stage.close());

const send = <T = AnswerOf<typeof sendEvent>>(call: object, type = 'track') =>
  stage.post<T>('/api/events/send', { type, call });

it('is stored with its properties, wakes the evaluator, and stands in the audit log without its values', async () => {
  const call = { event: 'order.completed', userId: 'ada', properties: { total: 12 }, messageId: 'one' };
  const { status, body } = await send(call);
  expect([status, body.result, woken]).toEqual([200, 'accepted', 1]);
  const { body: event } = await stage.get<Event>(`/api/events/${body.arrival}`);
  expect(event).toMatchObject({
    ...{ name: 'order.completed', source: 'app', kind: 'track', properties: { total: 12 } },
    subjects: [{ type: 'contact', id: 'ada' }],
  });
  expect((await send(call)).body).toEqual({ arrival: body.arrival, result: 'duplicate' });
  const { rows } = await stage.database.pool.query("SELECT target, result FROM audit_log WHERE action = 'event.sent'");
  expect(rows[0]).toEqual({ target: 'track order.completed', result: 'done' });
});

it('is refused as the tracking API refuses it, with what is wrong and where', async () => {
  const { status, body } = await send<Problem>({ userId: 'ada' });
  expect([status, body.code, body.pointer]).toEqual([400, 'invalid_event', '/event']);
  const { rows } = await stage.database.pool.query('SELECT count(*)::int AS n FROM events');
  expect(rows[0].n).toBe(1);
});
