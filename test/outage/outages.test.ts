/** Each part away for 20 s, for real: said to whoever asks, nothing that was accepted lost, healed by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'vitest';
import { until } from '../cohort/support.ts';
import { openShop, type Shop, shopper, track } from './shop.ts';

const AWAY_MS = 20_000;
const WITHIN_MS = 60_000;
/** A virtual minute a real second: carts are reminded after 2, and once more after 5. */
const WARP = 60;
const OPEN = 'SELECT count(*)::int FROM enrolments WHERE outcome IS NULL';

const said = (shop: Shop, begins: string) => shop.logged().some((line) => line.startsWith(begins));

describe.concurrent('an outage is waited out', { timeout: 150_000 }, () => {
  it('of the mail server: the mail waits, is tried again, and sent once (P5)', async ({ expect }) => {
    await using shop = await openShop(6);
    await shop.post(shopper('bea'));
    await shop.closeMail();
    expect((await shop.post(track('bea', 'account.created'))).status).toBe(200);
    // Tries at 0, 10, 30 and 70 virtual seconds, and as late as a busy machine makes them.
    const tries = async () => (await shop.read(`SELECT claim->'wait'->'tries' FROM effects`))[0]?.[0];
    await until('it was tried four times', async () => (await tries()) === 4, WITHIN_MS);
    const [[status, reason]] = (await shop.read('SELECT status, reason FROM effects')) as [[string, string]];
    expect([status, reason]).toEqual(['failed', 'connection']);
    // Why is told once, the tries are counted.
    expect(await shop.read(`SELECT verdict FROM decisions WHERE kind = 'effect'`)).toEqual([['failed: connection']]);
    expect(shop.logged()).toContain('The mail server takes a message not now: it waits, and is tried again');
    // The overview says why nothing came.
    expect(await shop.told()).toContain('Mail “welcome” to bea (could not be sent: connection)');
    expect(shop.logged()).toContainEqual(expect.stringMatching(/^The mail server does not answer/));
    await shop.openMail();
    await until('its return is said', () => said(shop, 'The mail server answers again'), WITHIN_MS);
    await until('the journey has ended', async () => (await shop.read(OPEN))[0]![0] === 0, WITHIN_MS);
    expect(shop.mails()).toHaveLength(1);
    expect(await shop.read('SELECT status FROM effects ORDER BY path')).toEqual([['done'], ['done']]);
    expect(await shop.read('SELECT outcome, reason FROM enrolments')).toEqual([['completed', 'steps']]);
  });

  it('of PostgreSQL: who sends hears 503 and when to come back, the rest goes on by itself (E7)', async ({
    expect,
  }) => {
    await using shop = await openShop(WARP);
    for (const id of ['bea', 'cleo', 'dan']) expect((await shop.post(shopper(id))).status).toBe(200);
    await shop.post(track('bea', 'cart.updated', { cart_id: 'b', value: 50 }));
    await until('a reminder has been sent', () => shop.mails().length === 1);
    // The watch over Cleo's cart ends in the outage, and so does Bea's wait.
    await shop.post(track('cleo', 'cart.updated', { cart_id: 'c', value: 50 }));
    await shop.toDatabase.unplug();
    const awayAt = performance.now();
    const late = track('dan', 'cart.updated', { cart_id: 'd', value: 50 });
    const refused = await shop.post(late);
    expect([refused.status, refused.retryAfter, refused.body.code]).toEqual([503, '5', 'store_unavailable']);
    expect(refused.body.detail).toBe('Send it again later; what was sent twice is stored once.');
    expect((await fetch(`${shop.baseUrl}/readyz`)).status).toBe(503);
    expect((await fetch(`${shop.baseUrl}/healthz`)).status).toBe(200);
    await sleep(AWAY_MS - (performance.now() - awayAt));
    expect(shop.logged()).toContain('the database is away or busy: the evaluator tries again');
    expect(shop.logged()).toContain('Enrolments cannot be claimed; trying again');
    expect(shop.logged()).toContainEqual(expect.stringMatching(/^PostgreSQL does not answer/));
    await shop.toDatabase.plug();
    await until('it is ready', async () => (await fetch(`${shop.baseUrl}/readyz`)).status === 200, WITHIN_MS);
    await until('it is said', () => said(shop, 'PostgreSQL answers again'), WITHIN_MS);
    expect((await shop.post(late)).status).toBe(200);
    expect((await shop.post(late)).status).toBe(200);
    await until(
      'all three have entered',
      async () => (await shop.read('SELECT id FROM enrolments')).length === 3,
      WITHIN_MS,
    );
    await until('all journeys have ended', async () => (await shop.read(OPEN))[0]![0] === 0, WITHIN_MS);
    expect(await shop.read(`SELECT count(*)::int FROM events WHERE message_id = '${late.messageId}'`)).toEqual([[1]]);
    expect(shop.mails()).toHaveLength(6);
    expect(new Set(shop.mails())).toHaveLength(6);
  });

  it('of PostgreSQL that falls silent: no connection is waited for without end', async ({ expect }) => {
    await using shop = await openShop(WARP);
    for (const id of ['bea', 'cleo']) await shop.post(shopper(id));
    await shop.post(track('bea', 'cart.updated', { cart_id: 'b', value: 50 }));
    await until('a reminder has been sent', () => shop.mails().length === 1);
    // Nobody hangs up, and nobody answers: as behind a firewall that forgot the connection.
    shop.toDatabase.freeze();
    const cart = track('cleo', 'cart.updated', { cart_id: 'c', value: 50 });
    await until('events are taken again', async () => (await shop.post(cart)).status === 200, WITHIN_MS);
    await until(
      'both have entered',
      async () => (await shop.read('SELECT id FROM enrolments')).length === 2,
      WITHIN_MS,
    );
    await until('all journeys have ended', async () => (await shop.read(OPEN))[0]![0] === 0, WITHIN_MS);
    expect(shop.mails()).toHaveLength(4);
    expect(new Set(shop.mails())).toHaveLength(4);
  });

  it('of Temporal: events are taken in, and enrolments wait in the store until it is back', async ({ expect }) => {
    await using shop = await openShop(WARP);
    for (const id of ['bea', 'cleo']) await shop.post(shopper(id));
    await shop.post(track('bea', 'cart.updated', { cart_id: 'b', value: 50 }));
    await until('a reminder has been sent', () => shop.mails().length === 1);
    await shop.toTemporal.unplug();
    const awayAt = performance.now();
    expect((await shop.post(track('cleo', 'cart.updated', { cart_id: 'c', value: 50 }))).status).toBe(200);
    await until('Cleo has entered', async () => (await shop.read('SELECT id FROM enrolments')).length === 2, WITHIN_MS);
    expect((await fetch(`${shop.baseUrl}/readyz`)).status).toBe(200);
    await until('it is said', () => shop.logged().includes('Cohorts cannot be started; trying again'), WITHIN_MS);
    await until('it is said plainly', () => said(shop, 'Temporal does not answer'), WITHIN_MS);
    expect(await (await fetch(`${shop.baseUrl}/metrics`)).text()).toContain('cuebook_part_up{part="temporal"} 0');
    await sleep(AWAY_MS - (performance.now() - awayAt));
    expect(await shop.read('SELECT count(*)::int FROM cohorts WHERE started_at IS NULL')).toEqual([[1]]);
    expect(shop.mails()).toHaveLength(1);
    await shop.toTemporal.plug();
    await until('its return is said', () => said(shop, 'Temporal answers again'), WITHIN_MS);
    await until('all journeys have ended', async () => (await shop.read(OPEN))[0]![0] === 0, WITHIN_MS);
    expect(shop.mails()).toHaveLength(4);
    expect(new Set(shop.mails())).toHaveLength(4);
  });
});
