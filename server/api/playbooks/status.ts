/** `POST /api/playbooks/NAME/pause`, `halt` and `resume`: what an operator says of a playbook (N6). */
import { didYouMean } from '../../../language/diagnostics/nearest.ts';
import { changeStatus, type PlaybookStatus, readPlaybookNames } from '../../../store/deployments/playbook-status.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { Problem } from '../../problems.ts';
import { haltPlaybook, pausePlaybook, resumePlaybook } from '../contract/playbooks.ts';
import { type Handled, on } from '../handled.ts';

/** @throws Problem `not_found` with the name that is near. */
export async function unknownPlaybook({ pool }: Database, playbook: string): Promise<Problem> {
  const hint = didYouMean(playbook, await readPlaybookNames(pool));
  return new Problem('not_found', `No playbook is called so. ${hint}`);
}

export function statusRoutes({ database }: { database: Database }): Handled[] {
  const to = (status: PlaybookStatus, endpoint: typeof pausePlaybook | typeof haltPlaybook | typeof resumePlaybook) =>
    on(endpoint, async ({ params: { playbook }, body, caller }) => {
      // A program may say for whom it asks; who is signed in is that user.
      const by = caller.user?.name ?? body.by ?? 'api';
      const changed = await changeStatus(database, { playbook, status, by, reason: body.reason });
      if (!changed) throw await unknownPlaybook(database, playbook);
      return { playbook, status, ...changed };
    });
  return [to('paused', pausePlaybook), to('halted', haltPlaybook), to('active', resumePlaybook)];
}
