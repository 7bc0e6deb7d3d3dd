/** With DATABASE_URL commands need no data folder: in the image they run as a user who may not write where they start. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { cuebook } from './run-command.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
  vi.stubEnv('DATABASE_URL', server.url);
  // No folder can be made there, by nobody.
  vi.stubEnv('CUEBOOK_DATA_DIR', '/dev/null/cuebook');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.drop();
});

describe('commands on the database of DATABASE_URL', () => {
  it('deploy, explain, list messages and export', async () => {
    const deployed = await cuebook('deploy', 'playbooks', '--dry-run');
    expect(deployed.stderr).toContain('Nothing is deployed: this is what would change.\n  new: cart-abandoned');
    expect(deployed.code).toBe(0);
    expect((await cuebook('explain', '--subject', 'nobody')).stderr).toContain('UNKNOWN_SUBJECT');
    expect((await cuebook('messages', 'list')).code).toBe(0);
    expect((await cuebook('events', 'export')).code).toBe(0);
  });

  it('a data folder that is named is used, and told where it cannot be', async () => {
    const { stderr, code } = await cuebook('deploy', 'playbooks', '--data-dir', '/dev/null/other');
    expect(stderr).toContain('DATA_DIR_UNUSABLE');
    expect(code).toBe(2);
  });

  it('a database that is missing is told as that', async () => {
    vi.stubEnv('DATABASE_URL', server.url.replace(/\/[^/]*$/, '/not_there'));
    const { stderr } = await cuebook('deploy', 'playbooks');
    expect(stderr).toContain('DATABASE_MISSING');
    expect(stderr).toContain('answers, and has no database not_there.');
    expect(stderr).toContain('createdb not_there');
  });
});
