/** Decides firings for which a journey of their key had not come far enough, once it has (N1). */

import { enterFiring, tellRefused } from '../../evaluation/enter-firing.ts';
import type { Instant } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import {
  type DecidedFiring,
  decidableFirings,
  expireWaiting,
  type FiringRow,
  updateDecidedFirings,
} from '../../store/evaluation/firings.ts';
import { writeStates } from '../../store/evaluation/trigger-states.ts';
import { insertDecisions } from '../../store/journeys/decisions.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Deployed } from '../deployed-program.ts';
import { type BatchSession, openSession } from './batch-session.ts';
import { firingOf } from './entry-rows.ts';
import { loadBatch } from './load-batch.ts';
import { UnitOfWork } from './unit-of-work.ts';

const MAX_AT_ONCE = 100;

/** @param safeAt the low watermark: every event received before it is committed and visible */
export async function decideDeferred(client: Queryable, deployed: Deployed, safeAt: Instant): Promise<void> {
  await expire(client, safeAt);
  const released = await decidableFirings(client, MAX_AT_ONCE);
  if (released.length === 0) return;
  const due = released.map((row) => row.subject);
  const claimed = { claimed: [], events: [], due, safeAt, limits: { events: 1, subjects: MAX_AT_ONCE } };
  const from = Math.min(...released.map((row) => row.at));
  const loaded = await loadBatch(client, claimed, deployed, { from });
  const session = openSession(deployed, loaded, new UnitOfWork(deployed.program.names));
  const ours = released.filter((row) => loaded.locked.has(subjectKey(row.subject)));
  const decided = ours.map((row) => decideRow(session, row)).filter((row) => row.status !== 'deferred');
  await updateDecidedFirings(client, decided);
  await session.work.write(client);
  await writeStates(client, [...session.thresholds]);
}

/** The audience let it in when it fired, or when it passed: N1 decides as of then. */
function decideRow(session: BatchSession, row: FiringRow): DecidedFiring {
  const deployment = session.deployed.deployments.get(row.playbook);
  if (!deployment) {
    tellRefused(session, row, 'inactive', row.at);
    return inactive(row, session.work);
  }
  const enteredAt = row.entersAt ?? row.at;
  const options = { isDeferred: true, audience: { holds: true, looked: {} }, enteredAt };
  const firing = firingOf(row, deployment.versionHash);
  return { id: row.id, ...enterFiring(session, firing, placeOfDeadline(enteredAt), options) };
}

/** Its playbook is no longer deployed: enrolments go on, and none begins. */
function inactive({ id, playbook, subject, at }: FiringRow, work: UnitOfWork): DecidedFiring {
  const looked = { deployed: false };
  work.decisions.push({ playbook, firingId: id, enrolmentId: null, subject, verdict: 'inactive', looked, at });
  return { id, status: 'refused', reason: 'inactive' };
}

/** Refuses those that waited for their audience in vain (`if_refused`). */
async function expire(client: Queryable, safeAt: Instant): Promise<void> {
  const over = await expireWaiting(client, safeAt, MAX_AT_ONCE);
  await insertDecisions(
    client,
    over.map(({ id, playbook, subject, waitsUntil, at }) => ({
      playbook,
      firingId: id,
      enrolmentId: null,
      subject,
      verdict: 'audience',
      looked: { waited_until: isoInstant(waitsUntil ?? at) },
      at: waitsUntil ?? at,
    })),
  );
}
