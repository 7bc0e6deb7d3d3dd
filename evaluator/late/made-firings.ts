/** What was made of a timeline that is walked again: it is compared with what the order gives now (E5). */
import type { Instant } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { type FiringRow, loadFirings, type OvertakenWait, overtakenWaits } from '../../store/evaluation/firings.ts';
import type { Checkpoint } from '../../triggers/engine/state.ts';
import { MAX_REPLAYED } from '../../triggers/history/checkpoints.ts';
import type { Recomputation } from './recompute.ts';

/** What a goal or an exit overtook while it waited for its audience: what comes late may have let it in before that (N1). */
export async function loadOvertaken(task: Recomputation): Promise<readonly OvertakenWait[]> {
  const { client, deployed, state, events } = task;
  const { versions } = deployed.program;
  if (![...versions.values()].some(({ playbook }) => playbook.ifRefusedMs)) return [];
  return overtakenWaits(client, state.subject, events[0]!.at);
}

/** Those before the first late event, and before what it may let in, as far as there are and as may be replayed. */
export function checkpointsBefore(
  { events, row }: Recomputation,
  known: readonly Checkpoint[],
  overtaken: readonly OvertakenWait[],
): readonly Checkpoint[] {
  const beforeLate = known.filter(({ place }) => place.at < events[0]!.at);
  const first = Math.min(...overtaken.map((one) => one.givenAt));
  const before = beforeLate.filter(({ place }) => place.at < first);
  const isAtHorizon = before.length === 0 && beforeLate.length > 0;
  const isTooFar = row.consumed - (before[0]?.consumed ?? 0) > MAX_REPLAYED;
  return isAtHorizon || isTooFar ? beforeLate : before;
}

/** What was fired from an instant on, and what this round has made, decided, taken back or moved: that is not in the store yet. */
export async function madeFirings({ client, state, session }: Recomputation, from: Instant | undefined) {
  const stored = await loadFirings(client, state.subject, from);
  const { firings, verdicts, decided } = session.work;
  const key = subjectKey(state.subject);
  const own = firings.filter(({ subject }) => subjectKey(subject) === key);
  const moved = verdicts.movedTo(state.subject, from);
  const entered = new Map(decided.map(({ id, status, reason }) => [id, { status, reason }]));
  const asOfNow = (row: FiringRow) => ({ ...row, ...entered.get(row.id), ...verdicts.marks.get(row.id) });
  return new Map([...moved, ...stored, ...own].map((row) => [row.id, asOfNow(row)]));
}
