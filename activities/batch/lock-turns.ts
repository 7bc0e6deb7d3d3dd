/** Locks the turns (`round_robin`) that a batch's steps may take, before any other lock. */
import { stepOf } from '../../steps/steps.ts';
import { readVersions } from '../../store/deployments/versions.ts';
import { lockRotations } from '../../store/journeys/assignments.ts';
import type { readSubjectsOf } from '../../store/journeys/enrolments.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { CohortItem } from '../../workflows/cohort/types.ts';

/** In one order for all: by playbook. @param known the enrolments, as `readSubjectsOf` gives them */
export async function lockTurnsOf(
  client: Queryable,
  items: readonly CohortItem[],
  known: Awaited<ReturnType<typeof readSubjectsOf>>,
): Promise<void> {
  const playbooks = new Set<string>();
  const versions = await readVersions(
    client,
    [...known.values()].map(({ versionHash }) => versionHash),
  );
  for (const { id, command } of items) {
    const row = known.get(id);
    if (!row || command.name !== 'do') continue;
    const { playbook } = versions.get(row.versionHash)!;
    const step = playbook.steps[command.path];
    if (step && stepOf(step.kind).takesTurns) playbooks.add(row.playbook);
  }
  for (const playbook of [...playbooks].sort()) await lockRotations(client, playbook);
}
