/** `events import` and `events export`: history comes in once, however often it is sent, and goes out as it came. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportEvents } from '../../cli/events/export.ts';
import { type ImportCounts, importFile, type RefusedLine } from '../../cli/events/import-file.ts';
import { linesOf, MAX_LINE_BYTES } from '../../cli/events/lines.ts';
import { occurrenceTable } from '../../cli/events/occurrence-table.ts';
import type { SubjectRef, Traits } from '../../language/model.ts';
import type { TraitPatch } from '../../language/records/timeline.ts';
import { appendSystemEvents, beginWriting } from '../../store/events/events.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { cuebook } from './run-command.ts';

let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url, { max: 4 });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});
beforeEach(() => database.pool.query('TRUNCATE events, event_keys, pending_events, timeline'));

async function fileOf(lines: (object | string)[], name = 'history.ndjson'): Promise<string> {
  const path = join(await makeTempFolder(), name);
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

async function imported(file: string): Promise<{ counts: ImportCounts; refused: RefusedLine[] }> {
  const refused: RefusedLine[] = [];
  const options = { source: 'import', onRefused: (line: RefusedLine) => void refused.push(line), onProgress: () => {} };
  return { counts: await importFile(database, file, options), refused };
}

async function exported(): Promise<string[]> {
  const out = join(await makeTempFolder(), 'out.ndjson');
  await exportEvents(database, { out });
  // It is about people.
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const lines: string[] = [];
  for await (const { text } of linesOf(out)) lines.push(text!);
  return lines;
}

const viewed = (more: object = {}) => ({
  event: 'cart.updated',
  userId: 'ada',
  timestamp: '2026-03-02T10:00:00.000Z',
  properties: { cart_id: 'c1', value: 80 },
  ...more,
});

describe('history comes in once', () => {
  it('the same file again changes nothing (E2)', async () => {
    const lines = Array.from({ length: 1_200 }, (_, i) => viewed({ messageId: `m${i}` }));
    const file = await fileOf(lines);
    expect((await imported(file)).counts).toEqual({ lines: 1_200, accepted: 1_200, duplicates: 0, refused: 0 });
    expect((await imported(file)).counts).toEqual({ lines: 1_200, accepted: 0, duplicates: 1_200, refused: 0 });
  });

  it('a file that grew, or whose import was cut off, goes on where it was', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => viewed({ messageId: `m${i}` }));
    await imported(await fileOf(lines.slice(0, 10)));
    const { counts } = await imported(await fileOf(lines, 'all.ndjson.gz'));
    expect(counts).toMatchObject({ accepted: 20, duplicates: 10 });
  });

  it('equal lines without a messageId are several events, and stay as many (E2)', async () => {
    const file = await fileOf([viewed(), viewed(), viewed({ userId: 'ben' }), viewed()]);
    expect((await imported(file)).counts).toMatchObject({ accepted: 4, duplicates: 0 });
    expect((await imported(file)).counts).toMatchObject({ accepted: 0, duplicates: 4 });
  });

  it('a bad line is told with its place, and the others are kept', async () => {
    const tooLong = JSON.stringify(viewed({ properties: { text: 'x'.repeat(MAX_LINE_BYTES) } }));
    const file = await fileOf([
      '',
      viewed({ messageId: 'm1' }),
      'nonsense',
      { event: 'x' },
      tooLong,
      viewed({ messageId: 'm2' }),
    ]);
    const { counts, refused } = await imported(file);
    expect(counts).toEqual({ lines: 5, accepted: 2, duplicates: 0, refused: 3 });
    expect(refused.map(({ line, code }) => [line, code])).toEqual([
      [3, 'invalid_field'],
      [4, 'no_subject'],
      [5, 'event_too_large'],
    ]);
  });

  it('a file that is not what its ending says is a failure, not an empty file', async () => {
    const file = join(await makeTempFolder(), 'plain.ndjson.gz');
    await writeFile(file, JSON.stringify(viewed()));
    await expect(imported(file)).rejects.toMatchObject({ code: 'UNREADABLE' });
    await expect(imported('/nowhere/at/all.ndjson')).rejects.toMatchObject({ code: 'UNREADABLE' });
  });
});

describe('what went out comes in again as the same', () => {
  it('every kind of call survives', async () => {
    const file = await fileOf([
      viewed({ messageId: 'm1' }),
      {
        type: 'identify',
        messageId: 'm2',
        userId: 'ada',
        anonymousId: 'x9',
        traits: { email: 'ada@example.com', old: null },
      },
      { type: 'group', messageId: 'm3', userId: 'ada', groupId: 'acme', traits: { plan: 'pro' } },
      { type: 'page', messageId: 'm4', anonymousId: 'x9', name: 'pricing', properties: { url: '/p' } },
      { type: 'alias', messageId: 'm5', userId: 'ada', previousId: 'x9' },
      { event: 'ticket.created', messageId: 'm6', ticketId: 't1', properties: { ticket: { priority: 'high' } } },
      { event: 'call.logged', messageId: 'm7', userId: 'ada', context: { groupId: 'acme' }, dealId: 'd1' },
    ]);
    await imported(file);
    const first = await rows();
    const out = await exported();
    await database.pool.query('TRUNCATE events, event_keys, pending_events, timeline');
    const { counts, refused } = await imported(await fileOf(out));
    expect(refused).toEqual([]);
    expect(counts.accepted).toBe(7);
    expect(await rows()).toEqual(first);
    expect(await exported()).toEqual(out);
  });

  it('what Cuebook itself wrote into records comes with its events (E9)', async () => {
    const about = (type: SubjectRef['type'], id: string, name: string, traits: Traits) => ({
      name,
      messageId: `${name}:${id}`,
      subjects: [{ type, id }],
      properties: { playbook: 'p', key: '', step: 'steps.0', by: 'update' },
      patches: [{ type, id, traits } as TraitPatch],
    });
    const events = [
      about('contact', 'ada', 'contact.updated', { stage: 'warm', owner: null, consent: { topics: { news: false } } }),
      about('ticket', 't1', 'ticket.updated', { assignee: 'kim' }),
      about('contact', 'ada', 'email.unsubscribed', { suppression: 'unsubscribed' }),
    ];
    await database.transaction(async (client) => {
      await beginWriting(client);
      await appendSystemEvents(client, events);
    });
    const written = async () => (await rows()).map(({ name, patches }) => ({ name, patches }));
    const first = await written();
    expect(first.map(({ patches }) => patches)).toEqual(events.map(({ patches }) => patches));
    const out = await exported();
    await database.pool.query('TRUNCATE events, event_keys, pending_events, timeline');
    expect((await imported(await fileOf(out))).refused).toEqual([]);
    expect(await written()).toEqual(first);
  });

  async function rows() {
    const { rows: found } = await database.pool.query(
      `SELECT message_id, kind, name, at, contact_id, anonymous_id, account_id, deal_id, ticket_id, properties, patches
         FROM events ORDER BY arrival`,
    );
    return found;
  }
});

describe('memory does not grow with the file', () => {
  it('lines come out whole, however the file was cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), { maxLength: 50 }),
        async (texts) => {
          const lines = texts.map((text) => JSON.stringify(text));
          const found: string[] = [];
          for await (const { text } of linesOf(await fileOf(lines, 'lines.ndjson.gz'))) found.push(text!);
          expect(found).toEqual(lines);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('equal calls are numbered as a map would, in a table of numbers', () => {
    const table = occurrenceTable();
    const seen = new Map<string, number>();
    for (let i = 0; i < 200_000; i++) {
      const hash = ((i * 7_919) % 130_003).toString(16).padStart(12, '0').padEnd(64, 'f');
      const n = seen.get(hash) ?? 0;
      seen.set(hash, n + 1);
      if (table(hash) !== n) throw new Error(`call ${i} has another number`);
    }
    expect(seen.size).toBe(130_003);
  });
});

it('nothing is imported as Cuebook`s own, nor in its key space (E2)', async () => {
  const file = await fileOf([viewed()]);
  for (const source of ['cuebook', 'Cuebook']) {
    const { code, stderr } = await cuebook('events', 'import', '--source', source, file);
    expect([code, stderr.includes('own events have this source')]).toEqual([2, true]);
  }
});
