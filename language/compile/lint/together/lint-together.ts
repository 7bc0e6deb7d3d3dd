/** What can only be said of the playbooks of a folder together, once all of them are compiled. */
import type { FileReport } from '../../report.ts';
import type { WorkspaceContext } from '../../scope.ts';
import { lintHoldoutOfTests, tellGlobalHoldout } from '../lint-holdout.ts';
import { type LintedPlaybook, lintKeys } from '../lint-keys.ts';
import { lintNames } from '../lint-names.ts';
import { lintSettings } from '../lint-settings.ts';
import { lintTests } from '../lint-tests.ts';
import { lintLoops } from './lint-loops.ts';
import { lintMailers } from './lint-mailers.ts';
import { lintRuns } from './lint-runs.ts';

/** @param settings of the folder, where it has a file of them */
export function lintTogether(
  playbooks: readonly LintedPlaybook[],
  world: WorkspaceContext,
  settings: FileReport | undefined,
): void {
  if (settings !== undefined) lintSettings(settings);
  lintKeys(playbooks, world);
  lintNames(playbooks, world);
  lintLoops(playbooks, world.registry);
  lintMailers(playbooks, world.settings, world.registry);
  lintRuns(playbooks);
  const versions = playbooks.map(({ version }) => version);
  for (const each of playbooks) {
    lintHoldoutOfTests(each);
    lintTests(each, world.registry.steps, versions);
  }
  const compiled = playbooks.map(({ version }) => version.playbook);
  tellGlobalHoldout(compiled, world.settings, settings);
}
