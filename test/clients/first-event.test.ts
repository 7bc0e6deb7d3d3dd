/** The lines of docs/sending-events.md, run as they stand there: each language sends its first event. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HttpServer } from '../../cli/run/http.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { keyOf, pythonWithSegment, ROOT, serve } from './support.ts';

/** By heading: what runs its lines from a file, and what the file is called. */
interface Runner {
  command: (file: string) => string[];
  file: string;
  /** There is none on every machine. */
  isThere: boolean;
}

const has = (program: string, version = '--version') => spawnSync(program, [version]).status === 0;
/** Packages are found from here, wherever the lines lie. */
const NODE = [process.execPath, '--input-type=module', '--eval'];
const PAGE = [process.execPath, '--import', './test/clients/programs/page.mjs', '--input-type=module', '--eval'];
const withText = (command: string[]) => (file: string) => [...command, readFileSync(file, 'utf8')];

const RUNNERS: { [heading: string]: Runner } = {
  curl: { command: (file) => ['sh', file], file: 'first.sh', isThere: has('curl') },
  Browser: { command: withText(PAGE), file: 'first.js', isThere: true },
  Node: { command: withText(NODE), file: 'first.js', isThere: true },
  Python: {
    command: (file) => [pythonWithSegment()!, file],
    file: 'first.py',
    isThere: pythonWithSegment() !== undefined,
  },
  'Python without a package': { command: (file) => ['python3', file], file: 'first.py', isThere: has('python3') },
  Go: { command: (file) => ['go', 'run', file], file: 'main.go', isThere: has('go', 'version') },
  Ruby: { command: (file) => ['ruby', file], file: 'first.rb', isThere: has('ruby') },
  PHP: { command: (file) => ['php', file], file: 'first.php', isThere: has('php') },
};
const WITHIN_MS = 45_000;

const page = readFileSync(join(ROOT, 'docs/sending-events.md'), 'utf8');
const lines = new Map(
  [...page.matchAll(/^### (.+)\n[^#]*?^```\w+\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [name!, text!]),
);
const sourceOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

let server: TestDatabase;
let database: Database;
let http: HttpServer;
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  http = await serve(database, Object.keys(RUNNERS).map(sourceOf));
});
afterAll(async () => {
  await http.close();
  await database.close();
  await server.drop();
});

async function storedBy(source: string): Promise<object[]> {
  const { rows } = await database.pool.query(
    `SELECT name, properties, contact_id AS contact FROM events WHERE source = $1 AND kind = 'track'`,
    [source],
  );
  return rows;
}

it('each language of the page is known here', () => {
  expect([...lines.keys()]).toEqual(Object.keys(RUNNERS));
});

describe('the first event', () => {
  for (const [heading, { command, file, isThere }] of Object.entries(RUNNERS)) {
    it.runIf(isThere)(`is sent from ${heading}`, { timeout: 60_000 }, async () => {
      const source = sourceOf(heading);
      const path = join(await makeTempFolder(), file);
      const text = lines.get(heading)!.replaceAll('https://cuebook.example', http.baseUrl);
      await writeFile(path, text.replaceAll('WRITE_KEY', keyOf(source)));
      const [program, ...args] = command(path);
      const child = spawn(program!, args, { cwd: ROOT });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
      const giveUpAt = performance.now() + WITHIN_MS;
      while ((await storedBy(source)).length === 0 && performance.now() < giveUpAt) await sleep(50);
      child.kill();
      expect(await storedBy(source), said).toEqual([
        { name: 'cart.updated', properties: { total: 80 }, contact: 'ada' },
      ]);
    });
  }
});
