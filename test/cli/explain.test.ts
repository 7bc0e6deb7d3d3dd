/** `explain`: why, and why not, as was known at an instant (V5). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExplainContext, printExplanation } from '../../cli/explain/print.ts';
import { registry } from '../../evaluation/registry.ts';
import { type FiringRow, insertEnrolments, insertFirings } from '../../store/evaluation/firings.ts';
import { appendEvents } from '../../store/events/events.ts';
import { insertDecisions, type NewDecision } from '../../store/journeys/decisions.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { explanationOf } from '../../store/reports/explanations.ts';
import { subjectsOfId } from '../../store/reports/find-subjects.ts';
import { compileOne, shippedFiles } from '../language/workspace.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { captured } from './run-command.ts';

const TEN = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;
const CONTEXT: ExplainContext = {
  teller: { zone: 'UTC', people: { persons: [], teams: [], channels: {} }, steps: registry.steps },
  events: [],
};
const ADA = { type: 'contact', id: 'ada' } as const;
let server: TestDatabase;
let database: Database;

function firing(id: string, at: number, more: Partial<FiringRow>): FiringRow {
  const base = {
    playbook: 'cart-abandoned',
    versionHash: 'v1',
    subject: ADA,
    key: 'c1',
    arm: 0,
    trigger: {},
    byTime: true,
  };
  return { ...base, id, at, evidence: ['m1'], status: 'enrolled', reason: null, ...more };
}

function entry(firingId: string, at: number, more: Partial<NewDecision>): NewDecision {
  const base = { playbook: 'cart-abandoned', firingId, enrolmentId: null, subject: ADA, at };
  return { ...base, verdict: 'enrolled', looked: { ghost: false }, ...more };
}

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  await setClock(database, { mode: 'stepped', at: TEN });
  const stamps = { timestamp: TEN };
  const call = { kind: 'track', name: 'cart.updated', stamps, properties: {}, patches: [] } as const;
  await appendEvents(database, [
    { ...call, source: 'web', messageId: 'm1', ids: { contactId: 'ada' }, patches: [] },
    { ...call, source: 'web', messageId: 'm2', ids: { ticketId: 'ada' }, patches: [] },
  ]);
  await insertFirings(database.pool, [firing('f1', TEN, {})]);
  const enrolment = {
    id: 'f1',
    firingId: 'f1',
    playbook: 'cart-abandoned',
    versionHash: 'v1',
    subject: ADA,
    key: 'c1',
  };
  await insertEnrolments(database.pool, [{ ...enrolment, trigger: {}, startedAt: TEN, ghost: false }]);
  await insertDecisions(database.pool, [entry('f1', TEN, { enrolmentId: 'f1' })]);
  await setClock(database, { mode: 'stepped', at: TEN + 5 * HOUR });
  await insertFirings(database.pool, [firing('f2', TEN + 4 * HOUR, { key: 'c2', status: 'refused', reason: 'again' })]);
  const looked = { 'last started': '2026-03-02T10:00:00.000Z' };
  await insertDecisions(database.pool, [entry('f2', TEN + 4 * HOUR, { verdict: 'again', looked })]);
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

async function printed(options: { playbook?: string; at?: number } = {}): Promise<string> {
  const explanation = await explanationOf(database, ADA, options);
  return (await captured(() => printExplanation(ADA, explanation, CONTEXT))).stdout;
}

describe('why something happened, and why not', () => {
  it('tells what fired with its evidence, what was decided, and the values that were looked at', async () => {
    const text = await printed();
    expect(text).toContain('cart-abandoned, key c1\n  2026-03-02T10:00:00.000Z  fired; evidence m1');
    expect(text).toContain('entry: enrolled; looked at ghost = false');
    expect(text).toContain('refused: again');
    expect(text).toContain('looked at last started = "2026-03-02T10:00:00.000Z"');
  });

  it('as of an instant, what came later is not known', async () => {
    const { firings, decisions } = await explanationOf(database, ADA, { at: TEN + HOUR });
    expect(firings.map(({ id, outcome }) => [id, outcome])).toEqual([['f1', null]]);
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['enrolled']);
  });

  it('of another playbook nothing is told', async () => {
    const { firings, decisions } = await explanationOf(database, ADA, { playbook: 'usage-dropped' });
    expect([...firings, ...decisions]).toEqual([]);
  });

  it('an id that two records have is told of both', async () => {
    expect(await subjectsOfId(database, 'ada')).toEqual([ADA, { type: 'ticket', id: 'ada' }]);
    expect(await subjectsOfId(database, 'nobody')).toEqual([]);
  });
});

describe('what has not fired', () => {
  it('a deployed playbook says what it looks for, and until when it waits', async () => {
    const { text } = (await shippedFiles()).find(({ path }) => path === 'cart-abandoned.yaml')!;
    const [version] = compileOne(text).versions;
    const { pool } = database;
    await pool.query(
      `INSERT INTO playbook_versions (hash, playbook, content, created_at) VALUES ($1, 'cart-abandoned', $2, now())`,
      [version!.hash, JSON.stringify(version)],
    );
    await pool.query(
      `INSERT INTO deployments (playbook, version_hash, trigger_hash, deployed_at) VALUES ('cart-abandoned', $1, 't', now())`,
      [version!.hash],
    );
    await pool.query(
      `INSERT INTO trigger_states (subject_type, subject_id, owner, key, hash, state, due_at)
       VALUES ('contact', 'ben', 'playbook:cart-abandoned#0', 'c9', 'h', '{}', cuebook_instant($1))`,
      [TEN + HOUR],
    );
    const ben = { type: 'contact', id: 'ben' } as const;
    const explanation = await explanationOf(database, ben);
    expect(explanation.playbooks).toMatchObject([{ waits: [{ arm: 0, key: 'c9', dueAt: TEN + HOUR }] }]);
    const { stdout } = await captured(() => printExplanation(ben, explanation, CONTEXT));
    expect(stdout).toContain(
      'has not fired; it fires at no order.completed within 1 h of cart.updated where event.value >= 20',
    );
    expect(stdout).toContain('waits, key c9: looks at 2026-03-02T11:00:00.000Z whether');
  });
});
