/** Firings that were kept because a journey lagged behind them are decided once it has come so far (N1). */

import type { RecordType } from '../language/model.ts';
import { placeOfDeadline } from '../language/timeline.ts';
import { isRecord, relationsOf } from '../language/world.ts';
import { now } from '../store/clock.ts';
import type { Queryable } from '../store/database.ts';
import { type FiringRow, loadPast, releasedFirings, settleFirings } from '../store/firings.ts';
import { readRecords } from '../store/records.ts';
import { lockSubjects } from '../store/subjects.ts';
import { loadStates } from '../store/trigger-states.ts';
import type { Firing } from '../triggers/state.ts';
import { BatchWorld } from './batch-world.ts';
import type { Deployed } from './deployed.ts';
import { type EntryContext, enter } from './entering.ts';
import { Verdicts } from './verdicts.ts';
import { subjectKey } from './waiting.ts';

const MOST_AT_ONCE = 100;

export async function releaseKept(client: Queryable, deployed: Deployed): Promise<void> {
  const released = (await releasedFirings(client, MOST_AT_ONCE)).filter((row) =>
    deployed.program.versions.has(row.versionHash),
  );
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
    const [type, ...id] = key.split('/');
    return Object.entries(relationsOf(type as RecordType, id.join('/'), traits)).map(([t, i]) => ({
      type: t as RecordType,
      id: i,
    }));
  });
  for (const [key, traits] of await readRecords(client, related)) records.set(key, traits);
  const past: EntryContext['past'] = new Map();
  for (const row of await loadPast(client, subjects)) {
    past.set(subjectKey(row.subject), [...(past.get(subjectKey(row.subject)) ?? []), row]);
  }
  const verdicts = new Verdicts();
  const states = await loadStates(client, subjects);
  const context: EntryContext = {
    program: deployed.program,
    deployments: deployed.deployments,
    world: new BatchWorld(deployed.program, deployed.people, records, states),
    now: await now(client),
    past,
    waiting: new Map(),
    states,
    verdicts,
  };
  const settled = ours.map((row) => {
    const status = enter(firingOf(row), placeOfDeadline(row.at), context, { kept: true });
    const reason = status === 'refused' ? (verdicts.decisions.at(-1)?.verdict ?? null) : null;
    return { id: row.id, status, reason };
  });
  await settleFirings(
    client,
    settled.filter((row): row is typeof row & { status: 'enrolled' | 'refused' } => row.status !== 'kept'),
  );
  await verdicts.write(client);
}

function firingOf(row: FiringRow): Firing {
  const { playbook, subject, key, at, arm, evidence, byTime, trigger } = row;
  const reach = typeof trigger.mark === 'string' && typeof trigger.clock === 'string' ? { reach: 0 } : {};
  return {
    playbook,
    version: row.versionHash,
    subject,
    key,
    at,
    arm,
    evidence,
    byTime,
    trigger,
    overtaken: false,
    ...reach,
  };
}
