/** Versions of playbooks in the store: many are written and read in few statements. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { readDeployments } from '../../store/deployments/deployments.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import { type Database, openDatabase, type Queryable } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { testDatabase } from '../support/postgres.ts';

const COUNT = 450;
const { versions, workspace } = compileWorkspace(
  Array.from({ length: COUNT }, (_, n) => ({
    path: `p${n}.yaml`,
    text: `playbook: p${n}\ntrigger: { event: seen }\nsteps: [{ record: x }]\n`,
  })),
  registry,
);
const { settings, people } = workspace;
const set = { versions, surroundings: { settings, people }, listened: [...buildProgram(versions, settings).names] };

let store: { url: string; drop(): Promise<void> };
let database: Database;
beforeAll(async () => {
  store = await testDatabase();
  database = openDatabase(store.url);
});
afterAll(async () => {
  await database.close();
  await store.drop();
});

/** The pool, with what is asked of it counted. */
function counted(): Queryable & { asked: number } {
  const client = {
    asked: 0,
    query: (...args: Parameters<Queryable['query']>) => {
      client.asked += 1;
      return database.pool.query(...args);
    },
  };
  return client as Queryable & { asked: number };
}

describe('hundreds of playbooks', () => {
  it('are deployed and read in chunks, each as it was, and what was read is at hand', async () => {
    await deploy(database, set);
    expect((await readDeployments(database.pool)).map(({ versionHash }) => versionHash).sort()).toEqual(
      versions.map(({ hash }) => hash).sort(),
    );
    const client = counted();
    const read = await readVersions(
      client,
      versions.map(({ hash }) => hash),
    );
    expect(client.asked).toBe(3);
    expect(versions.map(({ hash }) => read.get(hash))).toEqual(JSON.parse(JSON.stringify(versions)));
    const { hash } = versions[7]!;
    expect((await readVersions(client, [hash])).get(hash)).toBe(read.get(hash));
    expect(client.asked).toBe(3);
  });

  it('keep the instant at which their trigger was first deployed; one that is left out goes (T18)', async () => {
    const before = await readDeployments(database.pool);
    const same = await deploy(database, set);
    expect([same.added, same.changed, same.retriggered, same.gone]).toEqual([[], [], [], []]);
    expect(same.unchanged).toHaveLength(COUNT);
    expect(await readDeployments(database.pool)).toEqual(before);
    expect((await deploy(database, { ...set, versions: versions.slice(1) })).gone).toEqual(['p0']);
    expect(await readDeployments(database.pool)).toHaveLength(COUNT - 1);
  });

  it('a hash that was never deployed is named', async () => {
    await expect(readVersions(database.pool, [versions[0]!.hash, 'nothing'])).rejects.toThrow(
      'version nothing is not in the store',
    );
  });
});
