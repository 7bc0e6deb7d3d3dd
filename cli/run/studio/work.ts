/** Does a job, by the same functions as the command line. */
import { resolve } from 'node:path';
import { readDeployedDrafts } from '../../../store/deployments/drafts.ts';
import { Failure } from '../../failure.ts';
import { makePlan } from '../../operate/plan/plan.ts';
import { type ReadPlaybooks, readPlaybooks } from '../../playbooks/read.ts';
import { shownAs } from '../../playbooks/target.ts';
import { runOne, testsOf, untestedOf } from '../../playbooks/test/run.ts';
import { type AskedDraft, withDrafts } from '../../playbooks/with-drafts.ts';
import { deployRead } from '../deploy-folder.ts';
import { readDeployable } from '../read-deployable.ts';
import { adopted, schema } from './author.ts';
import { backtestDraft } from './backtest.ts';
import type { Job, Working } from './job.ts';

/** @param say news of a job that takes long @throws Failure where it cannot be done as it was asked for */
export async function work(working: Working, job: Job, say: (said: unknown) => void): Promise<unknown> {
  switch (job.kind) {
    case 'schema':
      return schema(working);
    case 'adopt':
      return adopted(working, job);
    case 'lint':
      return { diagnostics: diagnosticsOf(working, await read(working, job)) };
    case 'test':
      return tested(working, job);
    case 'backtest':
      return backtestDraft(working.database, await read(working, job), job, say);
    case 'plan':
      return planned(working, job);
    case 'deploy':
      return deployed(working, job);
  }
}

/** What the playbook's file says, and what it leans on; the rest of the folder is read beside it. */
async function read({ folder, database }: Working, asked: AskedDraft): Promise<ReadPlaybooks> {
  const deployed = await readDeployedDrafts(database.pool);
  const only = asked.files.map(({ path }) => path);
  const target = { folder: resolve(folder), shown: shownAs(resolve(folder)), only };
  return readPlaybooks(target, { drafted: (files) => withDrafts(files, deployed, asked).files });
}

/** Files as the folder has them: `welcome.yaml`. */
function diagnosticsOf(working: Working, { diagnostics }: ReadPlaybooks) {
  return diagnostics
    .filter(({ severity }) => severity !== 'information')
    .map((one) => ({ ...one, hint: one.hint ?? null, file: pathIn(working, one.file) }));
}

function pathIn({ folder }: Working, file: string): string {
  const shown = shownAs(resolve(folder));
  return shown !== '' && file.startsWith(`${shown}/`) ? file.slice(shown.length + 1) : file;
}

async function tested(working: Working, { only, ...asked }: AskedDraft & { only?: string | undefined }) {
  const found = await read(working, asked);
  const options = only === undefined ? {} : { only };
  const ran = testsOf(found, options).flatMap((one) => one.tests.map((test) => runOne(one, test, found, { options })));
  const tests = [...ran, ...untestedOf(found.untested, options)].map((one) => ({
    ...one,
    file: pathIn(working, one.file),
  }));
  return { tests, diagnostics: diagnosticsOf(working, found) };
}

type Planning = Extract<Job, { kind: 'plan' }>;

async function planned({ folder, database }: Working, { playbook, files, days, enrolExisting }: Planning) {
  const deployable = await readDeployable(database, folder, { playbook, files });
  return makePlan(database, deployable, { folder, enrolExisting, days });
}

type Deploying = Extract<Job, { kind: 'deploy' }>;

async function deployed({ folder, database }: Working, job: Deploying) {
  const { playbook, files, planned: hashes, enrolExisting, draft } = job;
  const deployable = await readDeployable(database, folder, { playbook, files });
  if (!deployable.whole.includes(playbook)) {
    const hint = 'Mend what the linter says of it, and look at the plan again.';
    throw new Failure('FAULTY_PLAYBOOKS', `${playbook} has a fault, and is not deployed.`, hint, { exitCode: 1 });
  }
  const { changes } = await deployRead(database, deployable, {
    enrolExisting,
    planned: hashes,
    draft: { ...draft, files },
  });
  return { changes };
}
