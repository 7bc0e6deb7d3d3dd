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
