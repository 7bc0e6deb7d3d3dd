import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deployFolder } from '../../cli/run/deploy-folder.ts';
import { readDeployedConfig, readDeployments, readListenedNames } from '../../store/deployments/deployments.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url, { max: 2 });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});
beforeEach(() => database.pool.query('TRUNCATE deployments, settings'));

async function copyOfPlaybooks(): Promise<string> {
  const folder = await makeTempFolder();
  await cp('playbooks', folder, { recursive: true });
  return folder;
}

async function change(folder: string, file: string, from: string, to: string): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  await writeFile(path, text.replace(from, to));
}

const hashes = async () =>
  new Map((await readDeployments(database.pool)).map(({ playbook, versionHash }) => [playbook, versionHash]));

describe('a folder with a broken playbook', () => {
  it('has its whole playbooks deployed, and the fault shown with its line', async () => {
    const folder = await copyOfPlaybooks();
    await change(folder, 'cart-abandoned.yaml', 'event.value >= 20', 'event.value =');
    const { deployed, kept, faults } = await deployFolder(database, folder);
    expect(deployed).toContain('usage-dropped');
    expect(deployed).not.toContain('cart-abandoned');
    expect(kept).toEqual([]);
    expect(faults.join('\n')).toMatch(/cart-abandoned\.yaml:\d+:\d+ error CB\d{3}/);
    expect([...(await hashes()).keys()]).toEqual(deployed);
  });

  it('goes on with the version deployed last, and deploys the others as they are now', async () => {
    const folder = await copyOfPlaybooks();
    await deployFolder(database, folder);
    const before = await hashes();
    await change(folder, 'cart-abandoned.yaml', 'event.value >= 20', 'event.value =');
    await change(folder, 'follow-up-hot.yaml', 'at_least: 3', 'at_least: 4');
    const { kept } = await deployFolder(database, folder);
    const after = await hashes();
    expect(kept).toEqual(['cart-abandoned']);
    expect(after.get('cart-abandoned')).toBe(before.get('cart-abandoned'));
    expect(after.get('follow-up-hot')).not.toBe(before.get('follow-up-hot'));
    expect(await readListenedNames(database.pool)).toContain('cart.updated');
  });

  it('keeps the settings that it had when those are broken', async () => {
    const folder = await copyOfPlaybooks();
    await deployFolder(database, folder);
    await change(folder, 'settings.yaml', 'Europe/Berlin', 'Europe/Nowhere');
    const { faults } = await deployFolder(database, folder);
    expect(faults.join('\n')).toContain('settings.yaml');
    expect((await readDeployedConfig(database.pool)).settings.timeZone).toBe('Europe/Berlin');
  });
});

it('a playbook whose file is gone is deployed no more', async () => {
  const folder = await copyOfPlaybooks();
  await deployFolder(database, folder);
  await rm(join(folder, 'usage-dropped.yaml'));
  await deployFolder(database, folder);
  expect([...(await hashes()).keys()]).not.toContain('usage-dropped');
});

it('a folder that is not there is said, with what to do', async () => {
  await expect(deployFolder(database, '/nowhere/at/all')).rejects.toMatchObject({
    code: 'PLAYBOOKS_UNREADABLE',
    exitCode: 2,
  });
});

describe('what a deployment changes is told', () => {
  it('what is new, changed, has another trigger, is gone, or is as it was', async () => {
    const folder = await copyOfPlaybooks();
    const { changes: first } = await deployFolder(database, folder);
    expect(first.added).toContain('cart-abandoned');
    expect(first.gone).toEqual([]);
    await change(folder, 'cart-abandoned.yaml', 'event.value >= 20', 'event.value >= 30');
    await change(
      folder,
      'follow-up-cadence.yaml',
      'playbook: follow-up-cadence',
      'playbook: follow-up-cadence\nholdout: 5%',
    );
    await rm(join(folder, 'usage-dropped.yaml'));
    const before = await hashes();
    const dry = await deployFolder(database, folder, { dryRun: true });
    expect(await hashes()).toEqual(before);
    const { changes } = await deployFolder(database, folder);
    expect(dry.changes).toEqual(changes);
    expect(changes).toMatchObject({
      added: [],
      retriggered: ['cart-abandoned'],
      changed: ['follow-up-cadence'],
      gone: ['usage-dropped'],
      unchanged: expect.arrayContaining(['follow-up-hot']),
    });
  });

  it('faults are named by the path at which the file really lies', async () => {
    const folder = await copyOfPlaybooks();
    await change(folder, 'cart-abandoned.yaml', 'event.value >= 20', 'event.value =');
    const { faults } = await deployFolder(database, folder);
    expect(resolve(faults[0]!.split(':')[0]!)).toBe(join(folder, 'cart-abandoned.yaml'));
  });
});
