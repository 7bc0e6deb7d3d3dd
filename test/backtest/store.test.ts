/** V4 with `--store`: what is stored, in E4's order, through the playbooks anew. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NewEvent } from '../../events/new-event.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { appendSystemEvents, importEvents } from '../../store/events/events.ts';
import { writeMessages } from '../../store/journeys/messages.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { playbooks } from './support.ts';

const TEN = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;
let server: TestDatabase;
let database: Database;

function event(n: number, name: string, contactId: string, patches: NewEvent['patches'] = []): NewEvent {
  const base = { source: 'web', kind: 'track', properties: {}, patches } as const;
  return { ...base, messageId: `m${n}`, name, ids: { contactId }, stamps: { timestamp: TEN + n * HOUR } };
}

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  vi.stubEnv('DATABASE_URL', server.url);
  await setClock(database, { mode: 'stepped', at: TEN + 100 * HOUR });
  const reachable = { email: 'ada@example.com', consent: { marketing: true } };
  // Stored out of order: their places are those of E4.
  await importEvents(database, [
    event(5, 'seen', 'ada'),
    event(0, 'seen', 'ada', [{ type: 'contact', id: 'ada', traits: reachable }]),
    event(9, 'seen', 'bob'),
    event(30, 'seen', 'ada'),
  ]);
  const own = { subjects: [{ type: 'contact' as const, id: 'ada' }], properties: { playbook: 'other' } };
  await database.transaction((client) => appendSystemEvents(client, [{ name: 'enrolment.started', ...own }]));
  const message = {
    enrolmentId: 'e',
    playbook: 'other',
    channel: 'email',
    template: null,
    personId: null,
    error: null,
  };
  const sent = { status: 'sent' as const, messageClass: 'marketing', contactId: 'ada', providerId: null };
  const at = TEN + 29 * HOUR;
  await writeMessages(database.pool, [{ id: 'x', effectId: 'x', ...message, ...sent, at, sentAt: at }]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.close();
  await server.drop();
});

async function stored(folder: string, ...options: string[]) {
  const { stdout, stderr, code } = await cuebook('backtest', folder, '--store', '--json', ...options);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return jsonLines(stdout);
}

const SEEN = 'trigger: { event: seen }\nagain: always\nsteps: [{ record: seen }]';
const ECHO = 'trigger: { event: enrolment.started }\nagain: always\nsteps: [{ record: echo }]';

describe('the store as a history', () => {
  it('is read in the order in which events take effect, without what the run derives itself (E4, E9)', async () => {
    const lines = await stored(await playbooks({ seen: SEEN }), '--only', 'firing');
    expect(lines.slice(0, -1).map(({ evidence }) => evidence)).toEqual([['m0'], ['m5'], ['m9'], ['m30']]);
    expect(lines.at(-1)).toMatchObject({ events: 4 });
    // The stored start of another playbook's enrolment is left out; those of the run are told by the run.
    expect(await stored(await playbooks({ echo: ECHO }), '--only', 'firing')).toMatchObject([{ firings: 0 }]);
  });

  it('--from only makes the state of what came before; --to ends time', async () => {
    const folder = await playbooks({
      twice: 'trigger: { event: seen, at_least: 2, within: 10h }\nsteps: [{ record: x }]',
    });
    const ended = ['--to', isoInstant(TEN + 30 * HOUR)];
    const from = (hours: number) => ['--from', isoInstant(TEN + hours * HOUR)];
    expect(await stored(folder, '--only', 'firing', ...ended, ...from(4))).toMatchObject([
      { evidence: ['m0', 'm5'] },
      { type: 'summary', events: 3, firings: 1 },
    ]);
    expect(await stored(folder, '--only', 'firing', ...ended, ...from(6))).toMatchObject([{ firings: 0 }]);
  });

  it('caps count what other playbooks really sent (V4, P2)', async () => {
    const folder = await playbooks({
      news: `trigger: { event: seen }
again: always
steps: [{ send: email, template: news, class: marketing }]`,
      'templates/news.txt': '---\nsubject: News\n---\nHello\n',
      settings: `sender: { name: Shop, from: shop@example.com, postal_address: Street 1 }
caps: { marketing: { at_most: 1, per: 4h } }
`,
    });
    const lines = await stored(folder, '--only', 'effect');
    expect(lines.filter(({ subject }) => subject === 'ada').map(({ refused }) => refused)).toEqual([null, null, 'cap']);
  });
});
