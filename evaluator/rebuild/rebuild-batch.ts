/** A deployment's triggers see what came before them, before the subjects of a batch consume anything else (T18). */
import { enterFiring } from '../../evaluation/enter-firing.ts';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { Deployed } from '../deployed-program.ts';
import type { BatchSession } from '../round/batch-session.ts';
import { latestDeployment, rebuildSubject, rebuildsOf } from './rebuild-subject.ts';

/** Events of subjects that one batch replays for a deployment: the rest waits for the next. */
const MAX_EVENTS = 20_000;

export interface StaleBatch {
  client: Queryable;
  deployed: Deployed;
  locked: ReadonlyMap<string, SubjectRow>;
  states: ReadonlyMap<string, SubjectState>;
  session: BatchSession;
  /** Subjects that wait for the next batch are added. */
  stalled: Set<string>;
  /** Subjects whose state has changed are added. */
  moved: Set<string>;
  /** Up to when a subject's deadlines may be evaluated. */
  readTo(key: string): Instant;
  /** Evaluates a subject's deadlines before an instant. */
  drain(subject: SubjectRef, before: Instant): void;
}

export async function rebuildStale(batch: StaleBatch): Promise<void> {
  const { client, deployed, locked, states, session } = batch;
  let events = 0;
  for (const [key, row] of locked) {
    const rebuilds = rebuildsOf(deployed, row);
    if (rebuilds.length === 0) continue;
    if (events > MAX_EVENTS) {
      batch.stalled.add(key);
      continue;
    }
    events += row.consumed;
    const upTo = Math.min(latestDeployment(deployed, rebuilds), batch.readTo(key));
    // What was deployed before is evaluated up to where the new begins: the subject has one head.
    batch.drain(row.subject, upTo);
    batch.moved.add(key);
    await rebuildSubject({
      client,
      deployed,
      row,
      state: states.get(key)!,
      upTo,
      work: session.work,
      enter: (firing, place, options) => void enterFiring(session, firing, place, options),
    });
  }
}
