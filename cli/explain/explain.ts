/** Explains what was fired and decided about the subjects that an id names (V5). */
import { SUBJECT_TYPES, type SubjectRef } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Explanation, explanationOf, subjectsOfId } from '../../store/reports/explanations.ts';
import { Failure } from '../failure.ts';
import { print } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import { printExplanation } from './print.ts';

export interface ExplainOptions {
  subject: string;
  playbook?: string;
  at?: number;
  dataDir?: string;
  json?: boolean;
}

/** @throws Failure UNKNOWN_SUBJECT when nothing that is stored names it. */
export async function explain(options: ExplainOptions): Promise<void> {
  await reachingStore(options.dataDir, async (database) => {
    for (const subject of await subjectsNamed(database, options.subject)) {
      const explanation = await explanationOf(database, subject, options);
      if (options.json) printLines(subject, explanation);
      else printExplanation(subject, explanation);
    }
  });
}

async function subjectsNamed(database: Database, subject: string): Promise<SubjectRef[]> {
  const type = SUBJECT_TYPES.find((one) => subject.startsWith(`${one}/`));
  const id = type === undefined ? subject : subject.slice(type.length + 1);
  const found = (await subjectsOfId(database, id)).filter((one) => type === undefined || one.type === type);
  if (found.length > 0) return found;
  const hint =
    'Ids are those of events (`userId`, `accountId`, …). Is it another data folder, or a DATABASE_URL that is not set?';
  throw new Failure('UNKNOWN_SUBJECT', `No event or record names ${subject}.`, hint);
}

function printLines(subject: SubjectRef, { firings, decisions, playbooks }: Explanation): void {
  const of = { subjectType: subject.type, subject: subject.id };
  for (const { trigger: _, at, endedAt, ...firing } of firings) {
    const ended = endedAt === null ? null : isoInstant(endedAt);
    print(JSON.stringify({ type: 'firing', ...of, at: isoInstant(at), ...firing, endedAt: ended }));
  }
  for (const { at, ...decision } of decisions) {
    print(JSON.stringify({ type: 'decision', ...of, at: isoInstant(at), ...decision }));
  }
  for (const { playbook, status, waits } of playbooks) {
    for (const { dueAt, ...wait } of waits) {
      print(JSON.stringify({ type: 'wait', ...of, playbook, status, ...wait, dueAt: isoInstant(dueAt) }));
    }
  }
}
