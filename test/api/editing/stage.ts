/** A folder of playbooks that is deployed, and a server at which it is written: with the processes that it has beside it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deployFolder } from '../../../cli/run/deploy-folder.ts';
import { sourceOf } from '../../../cli/run/http/playbook-source.ts';
import { studioOf } from '../../../cli/run/studio/studio.ts';
import type { Draft } from '../../../server/api/contract/editing.ts';
import type { Studio } from '../../../server/api/editing/studio.ts';
import { openDatabase } from '../../../store/postgres/database.ts';
import { compiledCli } from '../../support/compiled-cli.ts';
import { testDatabase } from '../../support/postgres.ts';
import { FILES } from '../filled.ts';
import { type ApiStage, apiStage } from '../support.ts';

export const TESTS = `
tests:
  - it: reminds whoever looked
    contact: { id: ada, name: Ada, email: ada@shop.example, country: DE, spent: 0 }
    events:
      - { at: "2026-03-02T10:00:00Z", event: cart.updated, value: 30 }
    expect_only: [send]
    expect:
      - { send: nudge }
`;

export interface EditingStage extends ApiStage {
  folder: string;
  write(path: string, text: string): Promise<void>;
  draft(): Promise<Draft>;
  /** The draft with other texts, as a page would save it. */
  edited(draft: Draft, change: (text: string) => string): { revision: number; files: object[] };
}

export async function editingStage(): Promise<EditingStage> {
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-editing-'));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const { path, text } of FILES) await write(path, path === 'nudge.yaml' ? text + TESTS : text);
  const test = await testDatabase();
  const own = openDatabase(test.url, { max: 4 });
  const script = join(await compiledCli(), 'cli/run/studio/process.js');
  const studio: Studio = await studioOf({ folder, databaseUrl: test.url }, script);
  const stage = await apiStage(() => ({ database: own, studio, readSource: sourceOf(folder) }));
  await deployFolder(own, folder);
  return {
    ...stage,
    database: own,
    folder,
    write,
    draft: async () => (await stage.get<Draft>('/api/playbooks/nudge/draft')).body,
    edited: ({ revision, files }, change) => ({
      revision,
      files: files.map(({ path, text, base }) => ({ path, base, text: path === 'nudge.yaml' ? change(text) : text })),
    }),
    async close() {
      await stage.close();
      await own.close();
      await test.drop();
      await rm(folder, { recursive: true });
    },
  };
}
