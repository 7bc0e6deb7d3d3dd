/** `POST /api/playbooks/NAME/pause`, `halt` and `resume`: what an operator says of a playbook (N6). */
import { didYouMean } from '../../../language/diagnostics/nearest.ts';
import { changeStatus, type PlaybookStatus, readPlaybookNames } from '../../../store/deployments/playbook-status.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { Problem } from '../../problems.ts';
import { haltPlaybook, pausePlaybook, resumePlaybook } from '../contract/playbooks.ts';
import { type Handled, on } from '../handled.ts';
import type { ReadSummaries } from './list.ts';

/** Whether there is a playbook of this name by now. */
export async function isKnown({ pool }: Database, playbook: string): Promise<boolean> {
  return (await readPlaybookNames(pool)).includes(playbook);
}

/** @throws Problem `not_found` with the name that is near. */
export async function unknownPlaybook({ pool }: Database, playbook: string): Promise<Problem> {
  const hint = didYouMean(playbook, await readPlaybookNames(pool));
  return new Problem('not_found', `No playbook is called so. ${hint}`);
}

/** @param read what it forgets once something is said, so that whoever looks next sees it */
export function statusRoutes({ database, read }: { database: Database; read: ReadSummaries }): Handled[] {
  const to = (status: PlaybookStatus, endpoint: typeof pausePlaybook | typeof haltPlaybook | typeof resumePlaybook) =>
    on(endpoint, async ({ params: { playbook }, body, caller }) => {
      // A program may say for whom it asks; who is signed in is that user.
      const by = caller.user?.name ?? body.by ?? 'api';
      const changed = await changeStatus(database, { playbook, status, by, reason: body.reason });
      if (!changed) throw await unknownPlaybook(database, playbook);
      read.forget();
      return { playbook, status, ...changed };
    });
  return [to('paused', pausePlaybook), to('halted', haltPlaybook), to('active', resumePlaybook)];
}
