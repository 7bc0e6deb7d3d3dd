/** The file of a playbook as it lies in the folder, with what there is to say about it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceOf } from '../../cli/run/http/playbook-source.ts';
import type { Source } from '../../server/api/contract/playbook.ts';
import { deployed, FILES, PLAYBOOK } from './filled.ts';
import { type ApiStage, apiStage } from './support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuebook-source-'));
  for (const { path, text } of FILES) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function sourceAt(readsFolder: boolean): Promise<Source> {
  const stage: ApiStage = await apiStage(() => (readsFolder ? { readSource: sourceOf(folder) } : {}));
  try {
    await deployed(stage.database);
    return (await stage.get<Source>('/api/playbooks/nudge/source')).body;
  } finally {
    await stage.close();
  }
}

describe('GET /api/playbooks/NAME/source', () => {
  it('shows the file, and that it is what is deployed', async () => {
    const source = await sourceAt(true);
    expect(source).toMatchObject({ yaml: PLAYBOOK, isDeployed: true });
    expect(source.file).toMatch(/nudge\.yaml$/);
  });

  it('shows where it was changed since, and where that is wrong', async () => {
    const text = PLAYBOOK.replace('  - wait: 1d', '  - wait: 1 dya');
    await writeFile(join(folder, 'nudge.yaml'), text);
    const source = await sourceAt(true);
    expect(source).toMatchObject({ yaml: text, isDeployed: false });
    const line = text.split('\n').findIndex((one) => one.includes('dya')) + 1;
    expect(source.diagnostics).toContainEqual(expect.objectContaining({ severity: 'error', line }));
  });

  it('says that it sees no folder where there is none', async () => {
    expect(await sourceAt(false)).toEqual({ file: null, yaml: null, isDeployed: null, diagnostics: [] });
  });
});
