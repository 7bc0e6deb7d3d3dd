/** What people reported of other products, as playbooks whose tests say what is right: docs/field-reports.md lists them. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace } from '../../language/compile.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';

const { files } = await loadFolder('test/field-reports/playbooks');
const { versions, tests, diagnostics, workspace } = compileWorkspace(files, registry);

it('the playbooks have no fault', () => {
  expect(diagnostics).toEqual([]);
  expect(versions.length).toBeGreaterThan(10);
});

for (const version of versions) {
  const { playbook } = version.playbook;
  describe(playbook, () => {
    for (const test of tests.get(playbook)!) {
      it(test.it, () => {
        expect(runTest(version, test, workspace.people).faults.join('\n')).toBe('');
      });
    }
  });
}

it('each is listed with its report', async () => {
  const page = await readFile('docs/field-reports.md', 'utf8');
  for (const { playbook } of versions) expect(page).toContain(`\`${playbook.playbook}\``);
});
