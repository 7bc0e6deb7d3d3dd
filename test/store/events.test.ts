import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NewEvent } from '../../events/new-event.ts';
import { Overloaded, openEventWriter, StoreUnavailable } from '../../store/events/event-writer.ts';
import {
  type Appended,
  appendEvents,
  appendSystemEvents,
  EVENT_WRITERS_LOCK,
  importEvents,
  pruneEventKeys,
} from '../../store/events/events.ts';
import { readEvents, readTimeline } from '../../store/events/timeline.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { untilWaitedFor } from '../support/lock-waits.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { wireTo } from './unplugged.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');
const DAY = 24 * 3_600_000;
const ADA = { type: 'contact', id: 'ada' } as const;
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());
beforeEach(async () => {
  database = openDatabase(server.url);
  await database.pool.query('TRUNCATE events, event_keys, pending_events, timeline');
  await setClock(database, { mode: 'stepped', at: NOON });
});
afterEach(() => database.close());

function viewed(messageId: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    source: 'web',
    messageId,
    kind: 'track',
    name: 'product.viewed',
    ids: { contactId: 'ada' },
    stamps: {},
    properties: {},
    patches: [],
    ...more,
  };
}
const timelineOfAda = () => readTimeline(database.pool, ADA, { limit: 100 });
const pending = async () => (await database.pool.query('SELECT arrival FROM pending_events ORDER BY arrival')).rows;

describe('an event', () => {
  it('stands on the timeline of each subject that it names, and waits for the evaluator (E8)', async () => {
    const ids = { contactId: 'ada', anonymousId: 'x', accountId: 'acme', dealId: 'd1', ticketId: 't1' };
    const patches = [{ type: 'ticket' as const, id: 't1', traits: { status: 'open', gone: null } }];
    const event = viewed('m1', { ids, patches, properties: { price: 9.5, tags: ['a', 'b"c'] } });
    const [appended] = await appendEvents(database, [event]);
    for (const [type, id] of [
      ['contact', 'ada'],
      ['account', 'acme'],
      ['deal', 'd1'],
      ['ticket', 't1'],
    ] as const) {
      const [read, ...others] = await readTimeline(database.pool, { type, id }, { limit: 10 });
      expect(others).toEqual([]);
      expect(read).toEqual({
        arrival: appended?.arrival,
        messageId: 'm1',
        name: 'product.viewed',
        at: NOON,
        receivedAt: NOON,
        properties: event.properties,
        subjects: [
          { type: 'contact', id: 'ada' },
          { type: 'account', id: 'acme' },
          { type: 'deal', id: 'd1' },
          { type: 'ticket', id: 't1' },
        ],
        patches,
        source: 'web',
        kind: 'track',
        anonymousId: 'x',
        flagged: false,
      });
    }
    expect(await pending()).toEqual([{ arrival: appended?.arrival }]);
  });

  it('of somebody unknown belongs to an anonymous contact', async () => {
    await appendEvents(database, [viewed('m1', { ids: { anonymousId: 'x' } })]);
    const [read] = await readTimeline(database.pool, { type: 'contact', id: 'anon:x' }, { limit: 1 });
    expect(read).toMatchObject({ messageId: 'm1', anonymousId: 'x' });
  });

  it('that comes again is acknowledged and changes nothing (E2)', async () => {
    const [first] = await appendEvents(database, [viewed('m1', { properties: { n: 1 } })]);
    const again = await appendEvents(database, [viewed('m2'), viewed('m1', { properties: { n: 2 } }), viewed('m2')]);
    expect(again.map((it) => it.result)).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(again[1]?.arrival).toBe(first?.arrival);
    expect(again[2]?.arrival).toBe(again[0]?.arrival);
    expect((await timelineOfAda()).map((it) => it.properties)).toEqual([{ n: 1 }, {}]);
    expect(await pending()).toHaveLength(2);
  });

  it('is told apart from one of another source with the same messageId (E2)', async () => {
    const both = await appendEvents(database, [viewed('m1'), viewed('m1', { source: 'app' })]);
    expect(both.map((it) => it.result)).toEqual(['accepted', 'accepted']);
  });

  it('is known again for 30 days (E2)', async () => {
    await appendEvents(database, [viewed('m1')]);
    await stepClock(database.pool, NOON + 30 * DAY);
    expect(await pruneEventKeys(database.pool)).toBe(0);
    await stepClock(database.pool, NOON + 30 * DAY + 1);
    expect(await pruneEventKeys(database.pool)).toBe(1);
  });

  it('keeps its own time when it is imported, and is received now (E1)', async () => {
    await importEvents(database, [viewed('m1', { stamps: { timestamp: NOON - 90 * DAY, sentAt: NOON - DAY } })]);
    await appendEvents(database, [viewed('m2', { stamps: { timestamp: NOON + DAY } })]);
    const [imported, ahead] = await timelineOfAda();
    expect(imported).toMatchObject({ at: NOON - 90 * DAY, receivedAt: NOON, flagged: false });
    expect(ahead).toMatchObject({ at: NOON, flagged: true });
  });
});

describe('a timeline', () => {
  it('reads in the order (at, receivedAt, arrival), between two places (E4)', async () => {
    const at = (messageId: string, timestamp: number) => viewed(messageId, { stamps: { timestamp } });
    await appendEvents(database, [at('c', NOON), at('a', NOON - 2), at('d', NOON)]);
    await stepClock(database.pool, NOON + 5);
    await appendEvents(database, [at('e', NOON), at('b', NOON - 1)]);
    const events = await timelineOfAda();
    expect(events.map((it) => it.messageId)).toEqual(['a', 'b', 'c', 'd', 'e']);
    const [, b, c] = events;
    const read = async (bounds: object) =>
      (await readTimeline(database.pool, ADA, { limit: 10, ...bounds })).map((it) => it.messageId);
    const place = (event: typeof b) => ({ ...event!, phase: 'events' as const });
    expect(await read({ after: place(b) })).toEqual(['c', 'd', 'e']);
    expect(await read({ upTo: place(c) })).toEqual(['a', 'b', 'c']);
    expect(await read({ upTo: { at: NOON - 1, phase: 'deadlines', receivedAt: 0, arrival: 0 } })).toEqual(['a', 'b']);
    expect(await read({ after: { at: NOON, phase: 'journeys', receivedAt: 0, arrival: 0 } })).toEqual([]);
    expect(await read({ names: ['other'] })).toEqual([]);
    const arrivals = events.map((it) => it.arrival).reverse();
    expect((await readEvents(database.pool, arrivals)).map((it) => it.messageId)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe("Cuebook's own events (E9)", () => {
  it('are written with the transaction that caused them, once, at its instant', async () => {
    const own = {
      name: 'task.done',
      subjects: [{ type: 'colleague', id: 'kim' }, ADA] as const,
      properties: { task: 'k' },
    };
    const write = () =>
      database.transaction((client) => appendSystemEvents(client, [{ ...own, messageId: 'task:k:done' }]));
    expect((await write())[0]?.result).toBe('accepted');
    expect((await write())[0]?.result).toBe('duplicate');
    const [read] = await readTimeline(database.pool, { type: 'colleague', id: 'kim' }, { limit: 10 });
    expect(read).toMatchObject({ own: true, kind: 'own', at: NOON, receivedAt: NOON });
    expect(read?.subjects).toEqual([ADA, { type: 'colleague', id: 'kim' }]);
    expect(await pending()).toHaveLength(1);
    const undone = database.transaction(async (client) => {
      await appendSystemEvents(client, [{ ...own, messageId: 'task:l:done' }]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await timelineOfAda()).toHaveLength(1);
  });

  it('that nobody listens to are stored as consumed', async () => {
    await database.transaction((client) =>
      appendSystemEvents(client, [{ name: 'email.opened', subjects: [ADA], properties: {}, consumed: true }]),
    );
    expect(await timelineOfAda()).toHaveLength(1);
    expect(await pending()).toEqual([]);
  });
});

describe('the sweep of a deadline', () => {
  it('that holds the writers back sees no event received before it arrive after it (decision 2)', async () => {
    let appended: Promise<unknown> | undefined;
    await database.transaction(async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(${EVENT_WRITERS_LOCK})`);
      appended = appendEvents(database, [viewed('m1')]);
      await untilWaitedFor(client);
      await stepClock(database.pool, NOON + 1);
    });
    await appended;
    expect((await timelineOfAda())[0]?.receivedAt).toBe(NOON + 1);
  });
});

describe('many requests at once', () => {
  it('are all stored, each in its own order, and told what became of theirs', async () => {
    const writer = openEventWriter(database, { groupEvents: 50 });
    const requests = Array.from({ length: 200 }, (_, r) =>
      Array.from({ length: 1 + (r % 5) }, (_, i) => viewed(r % 10 === 9 ? `again-${i}` : `m-${r}-${i}`)),
    );
    const answers = await Promise.all(requests.map((events) => writer.append(events, 100)));
    const stored = await readTimeline(database.pool, ADA, { limit: 10_000 });
    const arrivals = new Map(stored.map((event) => [event.messageId, event.arrival]));
    expect(arrivals.size).toBe(stored.length);
    for (const [r, answer] of answers.entries()) {
      expect(answer.map((it) => it.arrival)).toEqual(requests[r]?.map((event) => arrivals.get(event.messageId)));
      const fresh = answer.filter((it) => it.result === 'accepted').map((it) => it.arrival);
      expect(fresh).toEqual([...fresh].sort((a, b) => a - b));
    }
    const accepted = answers.flat().filter((it) => it.result === 'accepted');
    expect(accepted).toHaveLength(stored.length);
    await writer.close();
  });

  it('of two processes that send the same events in opposite orders do not lock up', async () => {
    const other = openDatabase(server.url);
    const events = Array.from({ length: 100 }, (_, i) => viewed(`m${i}`));
    let both: Promise<Appended[][]> | undefined;
    // A third one holds a key in the middle until both wait.
    const third = database.transaction(async (client) => {
      await client.query(`INSERT INTO event_keys VALUES ('web', 'm50', 0, now())`);
      both = Promise.all([appendEvents(database, events), appendEvents(other, events.toReversed())]);
      both.catch(() => undefined);
      await untilWaitedFor(client, 2);
      throw new Error('never mind');
    });
    await expect(third).rejects.toThrow('never mind');
    expect((await both)?.flat().filter((it) => it.result === 'accepted')).toHaveLength(100);
    await other.close();
  });

  it('are written before the process ends', async () => {
    const writer = openEventWriter(database, { groupEvents: 1 });
    const all = ['m1', 'm2', 'm3'].map((id) => writer.append([viewed(id)], 1));
    await writer.close();
    expect(await timelineOfAda()).toHaveLength(3);
    await Promise.all(all);
  });

  it('are not spoilt by one that PostgreSQL will not take', async () => {
    const writer = openEventWriter(database);
    const bad = viewed('bad', { properties: { text: '\0' } });
    const all = await Promise.allSettled([
      writer.append([viewed('m1')], 1),
      writer.append([bad], 1),
      writer.append([viewed('m2')], 1),
    ]);
    expect(all.map((it) => it.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await timelineOfAda()).map((it) => it.messageId)).toEqual(['m1', 'm2']);
    await writer.close();
  });

  it('are refused when too many wait, one source before the others', async () => {
    const writer = openEventWriter(database, { queuedEvents: 4, sourceShare: 0.5 });
    const web = (n: number) => writer.append([viewed(`w${n}`)], 1);
    const app = (n: number) => writer.append([viewed(`a${n}`, { source: 'app' })], 1);
    const all = await Promise.allSettled([web(1), web(2), web(3), app(1), app(2), app(3)]);
    const reasons = all.map((it) =>
      it.status === 'rejected' && it.reason instanceof Overloaded ? it.reason.scope : 'ok',
    );
    expect(reasons).toEqual(['ok', 'ok', 'source', 'ok', 'ok', 'all']);
    await writer.close();
    await expect(web(4)).rejects.toThrow(StoreUnavailable);
  });

  it('lose nothing that was acknowledged while connections break again and again (E7)', async () => {
    const wire = await wireTo(server.url);
    const behind = openDatabase(wire.url, { max: 3 });
    const writer = openEventWriter(behind, { retryMs: 100 });
    const acknowledged: string[] = [];
    let refused = 0;
    let stop = false;
    const client = async (c: number) => {
      for (let i = 0; !stop; i++) {
        const id = `c${c}-${i}`;
        await writer.append([viewed(id)], 10).then(
          () => acknowledged.push(id),
          () => refused++,
        );
      }
    };
    const clients = Array.from({ length: 10 }, (_, c) => client(c));
    const more = async (count: () => number) => {
      const before = count();
      await vi.waitFor(() => expect(count()).toBeGreaterThan(before + 5), { timeout: 10_000 });
    };
    for (let i = 0; i < 5; i++) {
      await more(() => acknowledged.length);
      await wire.unplug();
      await more(() => refused);
      await wire.plug();
    }
    await more(() => acknowledged.length);
    stop = true;
    await Promise.all(clients);
    const stored = new Set((await readTimeline(database.pool, ADA, { limit: 100_000 })).map((it) => it.messageId));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    await writer.close();
    await behind.close();
    await wire.close();
  });
});
