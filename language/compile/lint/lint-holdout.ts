/** What a global holdout does to the playbooks of a folder, and tests of what no holdout does (N4). */

import type { CompiledPlaybook, Settings } from '../../model.ts';
import { mayHoldOut } from '../../records/holdout.ts';
import type { FileReport } from '../report.ts';
import type { LintedPlaybook } from './lint-keys.ts';

/** Says from which of the folder's playbooks the global holdout holds subjects out, at its line of the settings. */
export function tellGlobalHoldout(
  playbooks: readonly CompiledPlaybook[],
  settings: Settings,
  report: FileReport | undefined,
): void {
  if (report === undefined || settings.globalHoldoutPercent === 0 || playbooks.length === 0) return;
  const touched = playbooks.filter(mayHoldOut).map(({ playbook }) => playbook);
  const shown = touched.length === 0 ? 'no playbook' : touched.map((name) => `\`${name}\``).join(', ');
  report.at(['global_holdout'], {
    severity: 'information',
    code: 'CB621',
    message: `${settings.globalHoldoutPercent}% of all subjects are held out of ${shown}`,
    hint: 'only playbooks with a marketing message or a `holdout` of their own take part; `holdout: none` takes one out',
  });
}

/** `holdout: in` in a test of a playbook out of which nobody can be held. */
export function lintHoldoutOfTests({ version: { playbook }, tests, report }: LintedPlaybook): void {
  if (mayHoldOut(playbook)) return;
  for (const test of tests) {
    if (test.holdout !== 'in') continue;
    const why = playbook.neverHeldOut
      ? 'its `holdout` says so'
      : 'it sends no marketing message, and has no `holdout` of its own';
    report.key(['tests', test.index, 'holdout'], {
      severity: 'warning',
      code: 'CB622',
      message: `nobody is held out of \`${playbook.playbook}\`: ${why}`,
      hint: 'leave the line out, or write holdout: 10% into the playbook',
    });
  }
}
