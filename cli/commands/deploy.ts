import type { Command } from 'commander';
import { Failure } from '../failure.ts';
import { print } from '../output.ts';
import { withExample } from '../program.ts';

interface Options {
  dataDir?: string;
  enrolExisting?: boolean;
  dryRun?: boolean;
  plan?: string;
  json?: boolean;
}

/** `cuebook deploy`: a folder of playbooks takes the place of what is deployed; a running Cuebook goes on with it. */
export function register(program: Command): void {
  const command = program
    .command('deploy')
    .argument('[folder]', 'a folder of playbooks (default: CUEBOOK_PLAYBOOKS, else playbooks)')
    .description('Deploys a folder of playbooks: new enrolments run it, open ones keep their version.')
    .option(
      '--enrol-existing',
      'playbooks that are new or have another trigger fire once for each subject for which they hold now',
    )
    .option('--dry-run', 'only say what would be new, changed and gone; `plan` says more')
    .option('--plan <file>', 'deploy what this plan says, or nothing where it no longer holds (`plan --out`)')
    .option('--data-dir <folder>', 'the data folder (default: CUEBOOK_DATA_DIR, else .cuebook)')
    .option('--json', 'print what was deployed as JSON')
    .action(async (folder: string | undefined, { dataDir, json, plan, ...asked }: Options) => {
      const { readEnvironment } = await import('../environment.ts');
      const { reachingStore } = await import('../reach-store.ts');
      const { deployFolder } = await import('../run/deploy-folder.ts');
      const { reportDeployed } = await import('../run/report-deployed.ts');
      const planned = plan === undefined ? undefined : await plannedBy(plan, asked);
      const options = { ...asked, ...(planned && { planned, enrolExisting: planned.enrolExisting }) };
      const path = folder ?? planned?.folder ?? readEnvironment().CUEBOOK_PLAYBOOKS;
      await reachingStore(
        dataDir,
        async (database) => {
          const result = await deployFolder(database, path, options);
          if (json) print(JSON.stringify(result));
          else reportDeployed(result, asked.dryRun);
          if (result.faults.length > 0) process.exitCode = 1;
        },
        { migrates: true },
      );
    });
  withExample(command, 'deploy playbooks', 'deploy --plan plan.json', 'deploy playbooks --enrol-existing');
}

/** @throws Failure WRONG_USE for options that a plan has said already, and PLAN_UNREADABLE */
async function plannedBy(file: string, { dryRun, enrolExisting }: Options) {
  const { readPlan } = await import('../operate/plan/file.ts');
  const given = enrolExisting ? '--enrol-existing' : '--dry-run';
  if (dryRun || enrolExisting) {
    const hint = `Leave ${given} out; \`cuebook plan\` makes a plan with it, and shows what it does.`;
    throw new Failure('WRONG_USE', `${given} stands beside --plan, which has said all.`, hint);
  }
  return readPlan(file);
}
