import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../support/postgres.ts';
import { testTemporal } from '../support/temporal.ts';

describe('every test file gets real parts of its own', () => {
  it('hands out migrated databases that do not see one another', { timeout: 60_000 }, async () => {
    const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
    expect(one.url).not.toBe(two.url);
    const client = new pg.Client({ connectionString: one.url });
    await client.connect();
    await client.query("INSERT INTO accounts (id, created_at, updated_at) VALUES ('acme', now(), now())");
    await client.end();
    const other = new pg.Client({ connectionString: two.url });
    await other.connect();
    expect((await other.query('SELECT id FROM accounts')).rows).toEqual([]);
    await other.end();
    await Promise.all([one.drop(), two.drop()]);
  });

  it('hands out one Temporal server', { timeout: 60_000 }, async () => {
    const { Connection } = await import('@temporalio/client');
    const { address } = await testTemporal();
    const connection = await Connection.connect({ address });
    const described = await connection.workflowService.describeNamespace({ namespace: 'default' });
    expect(described.namespaceInfo?.name).toBe('default');
    await connection.close();
  });
});
