import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';

const { files } = await loadFolder('playbooks');
const { versions, tests, diagnostics, workspace } = compileWorkspace(files, registry);

it('the playbooks that ship have no fault', () => {
  expect(diagnostics).toEqual([]);
  expect(versions.map((v) => v.playbook.playbook)).toContain('cart-abandoned');
});

it('the page about them has a row for each, and for nothing else', async () => {
  const page = await readFile('docs/shipped-playbooks.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(versions.map((v) => v.playbook.playbook).sort());
});

for (const version of versions) {
  describe(version.playbook.playbook, () => {
    for (const test of tests.get(version.playbook.playbook) ?? []) {
      it(test.it, () => {
        const result = runTest(version, test, workspace.people, { folder: versions });
        expect(result.faults.join('\n')).toBe('');
      });
    }
  });
}
