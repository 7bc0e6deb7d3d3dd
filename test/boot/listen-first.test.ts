/** A start that fails for want of a port changes nothing, and nobody is told "ready" before all has started. */
import { createServer } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RuntimeOptions, startRuntime } from '../../cli/run/runtime.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());

function options(port: number, prepare: RuntimeOptions['prepare']): RuntimeOptions {
  return {
    databaseUrl: server.url,
    secret: 's'.repeat(32),
    log: pino({ level: 'silent' }),
    say: () => undefined,
    http: { writeKeys: [], access: { apiToken: 't'.repeat(20), open: false }, parts: [], port },
    prepare,
    evaluator: true,
  };
}

describe('listening comes first', () => {
  it('where the port is taken nothing is prepared: no playbook is deployed, no clock is set', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    let prepared = 0;
    const start = startRuntime(options(port, async () => void (prepared += 1)));
    await expect(start).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
    expect(prepared).toBe(0);
    await new Promise((resolve) => taken.close(resolve));
  });

  it('`/readyz` is 503 until everything has started, and 200 then; `/healthz` is 200 at once', async () => {
    let baseUrl = '';
    const seen: unknown[] = [];
    // The port is known only to who was given it.
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const runtime = await startRuntime(
      options(port, async () => {
        baseUrl = `http://127.0.0.1:${port}`;
        const ready = await fetch(`${baseUrl}/readyz`);
        const { code, detail } = (await ready.json()) as { code: string; detail: string };
        seen.push(ready.status, code, detail, (await fetch(`${baseUrl}/healthz`)).status);
      }),
    );
    try {
      expect(seen).toEqual([503, 'starting', 'Cuebook is starting: the playbooks.', 200]);
      expect((await fetch(`${baseUrl}/readyz`)).status).toBe(200);
    } finally {
      await runtime.stop();
    }
  });
});
