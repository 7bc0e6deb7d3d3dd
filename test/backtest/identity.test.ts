/** A backtest learns who a visitor is as production does (E6, V4): from files, from the store, and divided among processors. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { eventTime } from '../../events/event-time.ts';
import { timelineEventOf } from '../../events/new-event.ts';
import { parseCall } from '../../events/parse-call.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents } from '../../language/records/timeline.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { run } from '../../simulate/run/run.ts';
import { asHistory, importEvents } from '../../store/events/events.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { cuebook, jsonLines } from '../cli/run-command.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { backtest, type Call, call, fileOf, type Line, playbooks } from './support.ts';

const iso = (at: number) => new Date(at).toISOString();
const CART = `trigger: { event: cart, unless: order, within: 3h, key: event.c }
again: always
steps:
  - record: reminded
`;
const PAIR = `trigger: { event: seen, at_least: 2, within: 10h }
again: always
steps:
  - wait_for: order
    within: 5h
    then: [{ record: bought }]
    else: [{ record: waited }]
`;
const identify = (n: number, userId: string, anonymousId: string) =>
  call(n, '', userId, { type: 'identify', event: undefined, anonymousId, traits: {} });
const visit = (n: number, event: string, anonymousId: string, properties = {}) =>
  call(n, event, '', { userId: undefined, anonymousId, properties });
const alias = (n: number, previousId: string, userId: string) =>
  call(n, '', userId, { type: 'alias', event: undefined, previousId });

describe('a backtest from a file', () => {
  const endings = async (calls: Call[]) => {
    const { lines } = await backtest(await playbooks({ cart: CART }), [await fileOf(calls)]);
    return lines.filter(({ type }) => type !== 'firing').map(({ type, subject, refused }) => [type, subject, refused]);
  };

  it('enters a visitor whose name comes in time or later, as whom the visitor became', async () => {
    const came = [
      ['enrolment', 'ada', null],
      ['effect', 'ada', null],
      ['outcome', 'ada', undefined],
    ];
    const cart = visit(0, 'cart', 'v', { c: 1 });
    expect(await endings([cart, identify(1, 'ada', 'v')])).toEqual(came);
    expect(await endings([cart, identify(9, 'ada', 'v')])).toEqual(came);
    // Whoever never says it is refused as a visitor.
    expect(await endings([cart, identify(9, 'ada', 'w')])).toEqual([['enrolment', 'anon:v', 'anonymous']]);
  });

  it('knows what was bought under the other name', async () => {
    const known = call(0, 'cart', 'ada', { properties: { c: 1 } });
    expect(await endings([known, identify(1, 'ada', 'v'), visit(2, 'order', 'v', { c: 1 })])).toEqual([]);
    const calls = [visit(0, 'cart', 'v', { c: 1 }), call(1, 'order', 'ada', { properties: { c: 1 } })];
    // The visitor's firing waited for the name, and the order was there before it.
    expect(await endings([...calls, identify(9, 'ada', 'v')])).toEqual([['enrolment', 'ada', 'overtaken']]);
  });

  it('merges two known contacts by an alias: the younger of two journeys ends', async () => {
    const pair = (user: string, n: number) => [call(n, 'seen', user), call(n + 1, 'seen', user)];
    const calls = [...pair('old', 0), ...pair('new', 2), alias(4, 'old', 'new')].map((one, n) => ({
      ...one,
      messageId: `m${n}`,
    }));
    const { lines } = await backtest(await playbooks({ pair: PAIR }), [await fileOf(calls)]);
    expect(lines.filter(({ type }) => type === 'outcome').map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['cancelled', 'merged'],
      ['completed', 'steps'],
    ]);
  });
});

/** Three people, their devices, second claims and aliases, in no order. */
function story(random: Random, count: number): Call[] {
  const device = () => random.pick(['v', 'w', 'x', 'y']);
  const person = () => random.pick(['ada', 'ben', 'cleo']);
  return Array.from({ length: count }, (_, i) => {
    const n = random.int(0, 60);
    const properties = { c: random.int(1, 2) };
    const name = random.pick(['cart', 'order', 'seen', 'seen']);
    const one = random.chance(0.2)
      ? identify(n, person(), device())
      : random.chance(0.1)
        ? alias(n, random.pick(['ada', 'v', 'w']), random.pick(['ben', 'cleo']))
        : random.chance(0.6)
          ? visit(n, name, device(), properties)
          : call(n, name, person(), { properties });
    return { ...one, messageId: `s${i}` };
  });
}

describe('any story of visitors', () => {
  let server: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    server = await testDatabase();
    database = openDatabase(server.url);
    vi.stubEnv('DATABASE_URL', server.url);
    await setClock(database, { mode: 'stepped', at: Date.UTC(2026, 3, 1) });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await database.close();
    await server.drop();
  });

  const done = (lines: readonly Line[]) =>
    lines
      .filter(({ type }) => type !== 'summary')
      .map(({ id: _, enrolment: _e, ...line }) => JSON.stringify(line))
      .sort();

  it('gives the same as a run of its playbooks, from a file, in parts, and from the store', {
    timeout: 120_000,
  }, async () => {
    const texts = { cart: CART, pair: PAIR };
    const folder = await playbooks(texts);
    const files = Object.entries(texts).map(([name, text]) => ({
      path: `${name}.yaml`,
      text: `playbook: ${name}\n${text}`,
    }));
    const { versions, workspace } = compileWorkspace(files, registry);
    let entered = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const calls = story(randomOf(seed, 'visitors'), 40);
      const parsed = calls.map((one) => parseCall(one, { source: 'import', history: true }).event);
      const events = parsed
        .map((event, arrival) =>
          timelineEventOf(event, eventTime(event.stamps, event.stamps.timestamp!).at, arrival + 1),
        )
        .sort(compareEvents);
      const wanted: string[] = [];
      const { settings, people } = workspace;
      const claims = events.flatMap(identityLinksOf);
      run({ versions, settings, people, records: [], events, claims, backtest: true }, (line) => {
        if (line.type !== 'outcome') return;
        wanted.push([line.playbook, line.subject.id, iso(line.at), line.outcome, line.reason].join(' '));
      });
      const outcomes = (lines: readonly Line[]) =>
        lines
          .filter(({ type }) => type === 'outcome')
          .map(({ playbook, subject, at, outcome, reason }) => [playbook, subject, at, outcome, reason].join(' '))
          .sort();
      const file = await fileOf(calls);
      const { lines } = await backtest(folder, [file]);
      expect(outcomes(lines), `seed ${seed}`).toEqual(wanted.sort());
      entered += wanted.length;
      await database.pool.query('TRUNCATE events, event_keys, pending_events, timeline');
      await importEvents(database, parsed.map(asHistory));
      const until = iso(Date.UTC(2026, 2, 20));
      const stored = jsonLines((await cuebook('backtest', folder, '--store', '--json', '--to', until)).stdout);
      const fromFile = await backtest(folder, [file], '--until', until);
      expect(done(stored), `seed ${seed} from the store`).toEqual(done(fromFile.lines));
    }
    expect(entered).toBeGreaterThan(100);
  });
});
