import { note, paint } from '../output.ts';
import type { DeployedFolder } from './deploy-folder.ts';

/** Says which playbooks run, what changed, and what is wrong with the others. */
export function reportDeployed(
  { deployed, kept, faults, changes, stopped, drafts }: DeployedFolder,
  dryRun = false,
): void {
  for (const fault of faults) note(fault);
  if (faults.length > 0) {
    const count = faults.length === 1 ? 'A fault' : `${faults.length} faults`;
    const still = kept.length > 0 ? ` The versions deployed last go on for ${kept.join(', ')}.` : '';
    note(`${paint('yellow', 'warning')}: ${count} in the playbooks; what is whole is deployed all the same.${still}`);
  }
  // Names that have just been said are not said again.
  const isAllNew = !dryRun && deployed.length > 0 && deployed.every((name) => changes.added.includes(name));
  for (const one of drafts) note(`${paint('yellow', 'warning')}: ${one}`);
  if (dryRun) note('Nothing is deployed: this is what would change.');
  else if (deployed.length === 0) note('No playbook is deployed.');
  else
    note(isAllNew ? `Deployed, each for the first time: ${deployed.join(', ')}.` : `Deployed: ${deployed.join(', ')}.`);
  for (const [what, words] of Object.entries(WORDS)) {
    const names = changes[what as keyof typeof WORDS];
    if (names.length > 0 && !(isAllNew && what === 'added')) note(`  ${words[0]}: ${names.join(', ')}${words[1]}`);
  }
  for (const { playbook, status } of stopped)
    note(`  ${status}: ${playbook}; \`cuebook resume ${playbook}\` lets it go on`);
  if (dryRun && Object.keys(WORDS).every((what) => changes[what as keyof typeof WORDS].length === 0)) {
    note('  nothing: all is deployed as it is');
  }
}

const WORDS = {
  added: ['new', ''],
  changed: ['changed', '; open journeys keep the version that they began with'],
  retriggered: ['changed, with another trigger', '; it begins now, open journeys keep their version'],
  gone: ['gone', '; what they are waiting for fires no more, open journeys go on'],
} as const;
