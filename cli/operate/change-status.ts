/** What `cuebook pause`, `halt` and `resume` do and say (N6). */
import { userInfo } from 'node:os';
import { didYouMean } from '../../language/diagnostics/nearest.ts';
import { changeStatus, type PlaybookStatus, readPlaybookNames } from '../../store/deployments/playbook-status.ts';
import { Failure } from '../failure.ts';
import { counted, print } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import type { StatusOptions } from './status-options.ts';

/** @throws Failure UNKNOWN_PLAYBOOK, and what reaching the store throws. */
export async function setStatus(
  playbook: string,
  status: PlaybookStatus,
  { by = userName(), reason, dataDir, json }: StatusOptions,
): Promise<void> {
  await reachingStore(dataDir, async (database) => {
    const changed = await changeStatus(database, { playbook, status, by, reason });
    if (!changed) {
      const names = await readPlaybookNames(database.pool);
      throw new Failure(
        'UNKNOWN_PLAYBOOK',
        `No playbook ${playbook} is deployed, and none has open journeys.`,
        names.length === 0 ? 'Nothing was deployed yet: `cuebook deploy` does that.' : didYouMean(playbook, names),
      );
    }
    if (json) return print(JSON.stringify({ playbook, status, ...changed }));
    const { was, openEnrolments, released } = changed;
    if (was === status) return print(`${playbook} was ${status} already; nothing has changed.`);
    print(`${playbook} is ${status}; it was ${was}.`);
    const open = counted(openEnrolments, 'open journey');
    if (status === 'active') print('  What fires from now on enters; what was refused meanwhile is not made up for.');
    else print('  What fires is refused as `inactive` until `cuebook resume`.');
    if (status === 'halted') print(`  Effects of its ${open} are held; what is being handed over now still goes.`);
    else if (status === 'paused') print(`  Its ${open} go on; \`cuebook halt\` holds their effects, too.`);
    if (released > 0) print(`  ${counted(released, 'held effect')} let go.`);
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user that has no name.
    return `user ${process.getuid?.() ?? '?'}`;
  }
}
