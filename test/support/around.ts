/** What ships around playbooks, for tests that bring playbooks of their own. */
import type { WorkspaceFile } from '../../language/compile.ts';

/**
 * The shipped settings, people, calendars, policies and templates, and the traits and segments where the test brings none:
 * those may have the same names. A file of the same path gives way, too.
 */
export function around(shipped: readonly WorkspaceFile[], brought: readonly WorkspaceFile[]): WorkspaceFile[] {
  const computes = brought.some(isComputed);
  return shipped.filter(
    (file) =>
      (file.path.includes('/') || file.path === 'settings.yaml') &&
      !brought.some(({ path }) => path === file.path) &&
      !(computes && isComputed(file)),
  );
}

function isComputed({ path }: WorkspaceFile): boolean {
  return /^(traits|segments)\//.test(path);
}
