import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { runningParts } from '../../cli/boot/running-parts.ts';
import type { DemoResult } from '../../cli/demo/result.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { workflowIdOf } from '../../workflows/cohort/types.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { addressOf, type Built, build, type CliProcess, startCli } from './cli-process.ts';

let built: Built;
beforeAll(async () => {
  built = await build();
}, 120_000);

type Playbooks = DemoResult['playbooks'];

function hasActedOnAll(playbooks: Playbooks): boolean {
  return (
    playbooks['cart-abandoned']!.mails > 0 &&
    playbooks['usage-dropped']!.tasks > 0 &&
    playbooks['follow-up-cadence']!.tasks > 0 &&
    (playbooks['follow-up-hot']!.outcomes['moved on'] ?? 0) > 0 &&
    playbooks['sla-escalation']!.escalations > 0
  );
}

describe('a minute of the demo', { timeout: 180_000 }, () => {
  it('shows every playbook at work, prints one object, and ends well', async () => {
    const dataDir = await makeTempFolder();
    const demo = startCli(built, ['demo', '--for', '60s', '--json', '--data-dir', dataDir]);
    expect(await demo.ended, demo.said.join('\n')).toBe(0);
    expect(demo.printed).toHaveLength(1);
    const { playbooks, parts } = JSON.parse(demo.printed[0]!) as DemoResult;
    expect(hasActedOnAll(playbooks), demo.printed[0]).toBe(true);
    for (const figures of Object.values(playbooks)) {
      expect(figures.enrolments).toBeLessThanOrEqual(figures.firings);
      const ended = Object.values(figures.ended).reduce((sum, n) => sum + n, 0);
      expect(figures.underWay + ended).toBe(figures.enrolments);
      expect(figures.underWay).toBeGreaterThanOrEqual(0);
    }
    expect(playbooks['cart-abandoned']!.outcomes.converted).toBeGreaterThan(0);
    expect(playbooks['sla-escalation']!.outcomes.met).toBeGreaterThan(0);
    expect(Object.keys(parts)).toEqual(['PostgreSQL', 'Temporal', 'mail']);
  });
});

describe('a demo that goes on', { timeout: 180_000 }, () => {
  it('shows its page without a sign-in, says what happens, and no workflow knows anybody (decision 7)', async () => {
    const dataDir = await makeTempFolder();
    const demo = startCli(built, ['demo', '--data-dir', dataDir]);
    const page = await addressOf(demo);
    expect((await fetch(page)).status).toBe(200);
    await untilAllActed(page, demo);
    const parts = (await runningParts(`${dataDir}/demo`))!;
    const database = openDatabase(parts.databaseUrl!, { max: 2 });
    const histories = await historiesOf(database, parts.temporalAddress!);
    expect(histories.length).toBeGreaterThan(0);
    const secrets = await whatNamesPeople(database);
    expect(secrets.length).toBeGreaterThan(100);
    for (const text of histories) for (const secret of secrets) expect(text.includes(secret), secret).toBe(false);
    expect(histories.join()).not.toMatch(/@example|@shop|contact-\d|lead-\d/);
    await database.close();
    expect(demo.printed.join('\n')).toMatch(/left a cart of €\d+ an hour ago: reminder sent/);
    demo.process.kill('SIGTERM');
    expect(await demo.ended, demo.said.join('\n')).toBe(0);
  });
});

async function untilAllActed(page: string, demo: CliProcess): Promise<void> {
  for (let i = 0; i < 240; i += 1) {
    const { playbooks } = (await (await fetch(`${page}/api/overview`)).json()) as { playbooks: Playbooks };
    if (hasActedOnAll(playbooks)) return;
    await sleep(250);
  }
  throw new Error(`They did not all act:\n${demo.printed.join('\n')}\n${demo.said.join('\n')}`);
}

/** Every history as one text, whatever its payloads hold. */
async function historiesOf(database: Database, address: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM cohorts WHERE started_at IS NOT NULL');
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new Client({ connection });
    return await Promise.all(
      rows.map(async ({ id }) => textsIn(await workflow.getHandle(workflowIdOf(id)).fetchHistory()).join('\n')),
    );
  } finally {
    await connection.close();
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Names and addresses of everybody in the store. */
async function whatNamesPeople(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ text: string }>(
    `SELECT traits ->> 'name' AS text FROM contacts UNION SELECT traits ->> 'email' FROM contacts
      UNION SELECT traits ->> 'name' FROM accounts`,
  );
  return rows.map(({ text }) => text).filter((text) => text !== null);
}
