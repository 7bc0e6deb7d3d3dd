import { note, paint } from '../output.ts';
import type { DeployedFolder } from './deploy-folder.ts';

/** Says which playbooks run, and what is wrong with the others. */
export function reportDeployed({ deployed, kept, faults }: DeployedFolder): void {
  for (const fault of faults) note(fault);
  if (faults.length > 0) {
    const count = faults.length === 1 ? 'A fault' : `${faults.length} faults`;
    const still = kept.length > 0 ? ` The versions deployed last go on for ${kept.join(', ')}.` : '';
    note(`${paint('yellow', 'warning')}: ${count} in the playbooks; what is whole is deployed all the same.${still}`);
  }
  note(deployed.length > 0 ? `Deployed: ${deployed.join(', ')}.` : 'No playbook is deployed.');
}
