/**
 * The work that a deployment leaves (T18), a chunk at a time with a stored cursor: subjects that no event has brought to
 * their turn are rebuilt, then state of what is no longer deployed goes.
 */
import type { Instant, SubjectType } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import {
  claimRebuild,
  finishRebuild,
  moveRebuild,
  type Rebuild,
  subjectsToRebuild,
  subjectsWithState,
} from '../../store/evaluation/rebuilds.ts';
import { lockSubjects } from '../../store/evaluation/subjects.ts';
import { loadStates, writeStates } from '../../store/evaluation/trigger-states.ts';
import type { Database, Queryable } from '../../store/postgres/database.ts';
import type { Watermark } from '../../store/postgres/watermark.ts';
import { putStateEntry } from '../../triggers/engine/state.ts';
import { currentDeployed, type Deployed } from '../deployed-program.ts';
import { roundOf } from '../round/round.ts';

const SUBJECTS_AT_ONCE = 100;
/** Events of the subjects of one chunk, so that its transaction stays short; one subject alone may have more. */
const EVENTS_AT_ONCE = 10_000;
/** A subject with as many events as are walked at most takes some seconds; so does passing over millions that are done. */
const LIMITS = { timeoutMs: 20_000, totalMs: 120_000 };

/** Does one chunk. @returns whether there was one to do */
export async function sweepRebuild(
  database: Database,
  watermark: Watermark,
  known: Deployed | undefined,
): Promise<boolean> {
  const settled = await watermark.read();
  return database.transaction(async (client) => {
    const deployed = await currentDeployed(client, known);
    const rebuild = deployed && (await claimRebuild(client));
    // What was received before the deployment may still be on its way.
    if (!rebuild || settled < rebuild.startedAt) return false;
    return (await rebuildSome(client, deployed, rebuild, settled)) ?? (await dropSome(client, rebuild));
  }, LIMITS);
}

/** Undefined when no subject is left. */
async function rebuildSome(
  client: Queryable,
  deployed: Deployed,
  rebuild: Rebuild,
  settled: Instant,
): Promise<boolean | undefined> {
  const found = await subjectsToRebuild(client, rebuild, typesOf(deployed), SUBJECTS_AT_ONCE);
  if (found.length === 0) return undefined;
  let events = 0;
  const chunk = found.filter(({ consumed }, n) => (events += consumed) <= EVENTS_AT_ONCE || n === 0);
  const subjects = chunk.map(({ type, id }) => ({ type, id }));
  const { locked } = await roundOf(client, deployed, settled, subjects);
  // Where somebody else works on one the cursor waits before it: it may be there with what was deployed before.
  const first = subjects.findIndex((subject) => !locked.has(subjectKey(subject)));
  const last = subjects[(first < 0 ? subjects.length : first) - 1];
  if (last) await moveRebuild(client, rebuild.number, last);
  return last !== undefined;
}

/** Records of any type may have traits and clocks that a playbook of another reads. */
function typesOf({ program }: Deployed): SubjectType[] {
  return [...program.subjects.keys()];
}

/** State of owners that are gone, with the deadlines that were theirs; the last chunk finishes the rebuild. */
async function dropSome(client: Queryable, { number, gone }: Rebuild): Promise<boolean> {
  const subjects = gone.length > 0 ? await subjectsWithState(client, gone, SUBJECTS_AT_ONCE) : [];
  if (subjects.length === 0) {
    await finishRebuild(client, number);
    return true;
  }
  await lockSubjects(client, subjects);
  const states = await loadStates(client, subjects);
  for (const state of states.values()) {
    for (const { owner, key } of [...state.slots.values()]) {
      if (gone.includes(owner)) putStateEntry(state, { owner, key, state: undefined });
    }
  }
  await writeStates(client, [...states.values()]);
  return true;
}
