/** Firings that were kept because a journey lagged behind them are decided once it has come so far (N1). */

import type { Instant, RecordType } from '../../language/model.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { placeOfDeadline } from '../../language/records/timeline.ts';
import { isRecord, relationsOf } from '../../language/records/world.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { insertEntryDecisions } from '../../store/evaluation/evaluator-writes.ts';
import {
  type DecidedFiring,
  decidableFirings,
  expireWaiting,
  type FiringRow,
  loadPast,
  updateDecidedFirings,
} from '../../store/evaluation/firings.ts';
import { lockSubjects } from '../../store/evaluation/subjects.ts';
import { loadStates } from '../../store/evaluation/trigger-states.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { readRecords } from '../../store/records/records.ts';
import type { Deployed } from '../deployed-program.ts';
import { RecordHistory, refsOf } from '../late/record-history.ts';
import { BatchWorld } from '../round/batch-world.ts';
import { loadLists } from '../round/load-lists.ts';
import { UnitOfWork } from '../round/unit-of-work.ts';
import { type EntryContext, enterFiring } from './enter-firing.ts';
import { firingOf } from './firing-row.ts';

const MAX_AT_ONCE = 100;

/** @param settled every event received before it is committed and visible */
export async function decideDeferred(client: Queryable, deployed: Deployed, settled: Instant): Promise<void> {
  await expire(client, settled);
  const released = await decidableFirings(client, MAX_AT_ONCE);
  if (released.length === 0) return;
  const locked = new Set(
    (
      await lockSubjects(
        client,
        released.map((row) => row.subject),
        { skipLocked: true },
      )
    ).map((row) => subjectKey(row.subject)),
  );
  const ours = released.filter((row) => locked.has(subjectKey(row.subject)));
  const subjects = ours.map((row) => row.subject);
  const records = await readRecords(client, subjects.filter(isRecord));
  const related = [...records].flatMap(([key, traits]) => {
    const { type, id } = subjectOfKey<RecordType>(key);
    return Object.entries(relationsOf(type, id, traits)).map(([t, i]) => ({
      type: t as RecordType,
      id: i,
    }));
  });
  for (const [key, traits] of await readRecords(client, related)) records.set(key, traits);
  await loadLists(client, deployed.program.lists, subjects, records);
  const past: EntryContext['past'] = new Map();
  for (const row of await loadPast(client, subjects)) {
    past.set(subjectKey(row.subject), [...(past.get(subjectKey(row.subject)) ?? []), row]);
  }
  const verdicts = new UnitOfWork(deployed.program.names);
  const states = await loadStates(client, subjects);
  const earliest = Math.min(...ours.map((row) => row.at));
  const recordPast = await RecordHistory.of(client, refsOf(records), earliest);
  const context: EntryContext = {
    program: deployed.program,
    deployments: deployed.deployments,
    world: new BatchWorld(deployed.program, deployed.people, records, states, recordPast),
    now: await now(client),
    past,
    waiting: new Map(),
    states,
    work: verdicts,
  };
  const decided = ours.map((row): DecidedFiring => {
    const deployment = deployed.deployments.get(row.playbook);
    if (!deployment) return inactive(row, verdicts);
    const enteredAt = row.entersAt ?? undefined;
    // The audience let it in when it fired, or when it passed: N1 decides as of then.
    const options = { kept: true, audience: { holds: true, looked: {} }, enteredAt };
    const status = enterFiring(
      firingOf(row, deployment.versionHash),
      placeOfDeadline(enteredAt ?? row.at),
      context,
      options,
    );
    const reason = status === 'refused' ? (verdicts.decisions.at(-1)?.verdict ?? null) : null;
    return { id: row.id, status, reason };
  });
  await updateDecidedFirings(
    client,
    decided.filter((row) => row.status !== 'kept'),
  );
  await verdicts.write(client);
}

/** Its playbook is no longer deployed: what it has begun goes on, and nothing begins. */
function inactive({ id, playbook, subject, at }: FiringRow, verdicts: UnitOfWork): DecidedFiring {
  const looked = { deployed: false };
  verdicts.decisions.push({ playbook, firingId: id, enrolmentId: null, subject, verdict: 'inactive', looked, at });
  return { id, status: 'refused', reason: 'inactive' };
}

/** Those that waited for their audience in vain (`if_refused`). */
async function expire(client: Queryable, settled: Instant): Promise<void> {
  const over = await expireWaiting(client, settled, MAX_AT_ONCE);
  await insertEntryDecisions(
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
