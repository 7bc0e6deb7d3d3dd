import { afterAll, beforeAll, expect, it } from 'vitest';
import { type System, startSystem } from '../support/system.ts';
import { at, doneTo, happenAt, identify } from './story.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ clock: { mode: 'stepped', at: at('2026-03-02T08:59:00Z') } });
}, 60_000);
afterAll(() => system.stop());

it('whoever unsubscribes with one click in a mail gets no second one (P3)', { timeout: 60_000 }, async () => {
  const consent = { marketing: true };
  await system.post([identify('ada', { name: 'Ada', email: 'ada@example.com', owner: 'kim', consent })]);
  const cart = { userId: 'ada', event: 'cart.updated', properties: { cart_id: 'c1', value: 80 } };
  await happenAt(system, at('2026-03-02T09:00:00Z'), cart);
  await system.step(at('2026-03-02T10:00:01Z'));
  const [mail] = await system.mails();
  const click = await fetch(mail!.unsubscribe!, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(click.status).toBe(200);
  await system.step(at('2026-03-03T10:00:02Z'));
  expect(await doneTo(system, 'cart-abandoned', 'ada')).toEqual([
    'send cart-reminder',
    expect.stringMatching(/^send cart-second-\w+ \(refused: suppressed\)$/),
    'completed',
  ]);
  expect(await system.mails()).toHaveLength(1);
});
