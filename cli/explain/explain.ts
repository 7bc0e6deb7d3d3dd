/** Explains what was fired and decided about the subjects that somebody means, and what came of it (V5). */
import { registry } from '../../evaluation/registry.ts';
import type { ArmStanding } from '../../evaluator/explain/look-back.ts';
import { didYouMean } from '../../language/diagnostics/nearest.ts';
import type { SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { isZone } from '../../language/time/zones.ts';
import { standingsOf } from '../../server/people/standings.ts';
import type { FeedTeller } from '../../server/sentences.ts';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Explanation, explanationOf } from '../../store/reports/explanations.ts';
import { eventNamesOf, heirOfSubject, type NamedSubject, namedSubject } from '../../store/reports/find-subjects.ts';
import { Failure } from '../failure.ts';
import { print } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import { subjectsNamed } from '../report/subjects-named.ts';
import { explainMessage } from './explain-message.ts';
import { printExplanation, printMerged } from './print.ts';

export interface ExplainOptions {
  /** A person or record; or, instead, a message. */
  subject?: string;
  message?: string;
  playbook?: string;
  at?: number;
  before?: number;
  limit?: number;
  dataDir?: string;
  json?: boolean;
}

/** For people: as many firings as a screen or two hold. */
const SHOWN_FIRINGS = 20;

/**
 * @throws Failure WRONG_USE when neither or both are asked for, UNKNOWN_MESSAGE, UNKNOWN_SUBJECT when nothing that is stored is called so, SEVERAL_SUBJECTS when a name is not enough, and
 *   UNKNOWN_PLAYBOOK.
 */
export async function explain(options: ExplainOptions): Promise<void> {
  const { subject: named, message, json } = options;
  if ((named === undefined) === (message === undefined)) {
    const hint = 'Give --subject for a person or a record, or --message for a mail.';
    throw new Failure('WRONG_USE', 'What is to be explained?', hint);
  }
  await reachingStore(options.dataDir, async (database) => {
    if (message !== undefined) return explainMessage(database, message, { teller: await tellerOf(database), json });
    if (options.playbook !== undefined) await checkPlaybook(database, options.playbook);
    const teller = await tellerOf(database);
    for (const subject of await subjectsMeant(database, { ...options, subject: named! })) {
      const limit = options.limit ?? (options.json ? undefined : SHOWN_FIRINGS);
      const explanation = await explanationOf(database, subject, { ...options, limit });
      if (options.json) {
        printLines(subject, explanation);
        printStandingLines(subject, await standingsOf(database, subject, { ...options, zone: 'UTC' }));
      } else if (subject.into !== undefined && explanation.firings.length + explanation.decisions.length === 0)
        printMerged(subject, subject.into);
      else {
        const { timeZone } = subject;
        const zone = timeZone !== null && isZone(timeZone) ? timeZone : teller.zone;
        const events = await eventNamesOf(database, subject);
        const { playbook, at } = options;
        const standings = await standingsOf(database, subject, { playbook, at, zone });
        const isAsked = playbook !== undefined;
        printExplanation(subject, explanation, { teller: { ...teller, zone }, events, standings, isAsked });
        const isOfThen = isAsked && at !== undefined;
        if (isOfThen && explanation.playbooks.length === 0) print(`${playbook} was not deployed then.`);
      }
    }
  });
}

async function tellerOf({ pool }: Database): Promise<FeedTeller> {
  const { steps } = registry;
  const config = await readDeployedConfig(pool).catch(() => undefined);
  if (config === undefined) return { zone: 'UTC', people: { persons: [], teams: [], channels: {} }, steps };
  return { zone: config.settings.timeZone, people: config.people, steps };
}

/** A playbook that was deployed once may be asked about, too. */
async function checkPlaybook({ prisma }: Database, playbook: string): Promise<void> {
  const known = await prisma.playbookVersion.findMany({ select: { playbook: true }, distinct: ['playbook'] });
  const names = known.map((version) => version.playbook);
  if (names.includes(playbook)) return;
  throw new Failure(
    'UNKNOWN_PLAYBOOK',
    `No playbook ${playbook} is deployed, or was.`,
    names.length === 0 ? 'Nothing was deployed yet: `cuebook deploy` does that.' : didYouMean(playbook, names),
  );
}

/** Somebody who is meant, and as whom that one goes on where they were merged (E6). */
type Meant = NamedSubject & { into?: SubjectRef };

/** Those who are meant, each followed by whoever they were merged into. */
async function subjectsMeant(database: Database, options: ExplainOptions & { subject: string }): Promise<Meant[]> {
  const meant = new Map<string, Meant>();
  for (const subject of await subjectsNamed(database, { ...options, option: 'subject' })) {
    const into = await heirOfSubject(database, subject, options.at);
    meant.set(subjectKey(subject), { ...subject, ...(into && { into }) });
    if (into && !meant.has(subjectKey(into))) meant.set(subjectKey(into), await namedSubject(database, into));
  }
  return [...meant.values()];
}

function printLines(
  subject: SubjectRef & { into?: SubjectRef },
  { firings, decisions, effects, playbooks, olderThan }: Explanation,
): void {
  const of = { subjectType: subject.type, subject: subject.id };
  if (subject.into) print(JSON.stringify({ type: 'merged', ...of, into: subject.into.id }));
  for (const { trigger: _, at, endedAt, ...firing } of firings) {
    const ended = endedAt === null ? null : isoInstant(endedAt);
    print(JSON.stringify({ type: 'firing', ...of, at: isoInstant(at), ...firing, endedAt: ended }));
  }
  for (const { at, ...decision } of decisions) {
    print(JSON.stringify({ type: 'decision', ...of, at: isoInstant(at), ...decision }));
  }
  for (const { at, id, playbook, enrolment, path, kind, status, reason, detail } of effects) {
    const effect = { id, playbook, enrolmentId: enrolment, path, kind, status, reason, detail };
    print(JSON.stringify({ type: 'effect', ...of, at: isoInstant(at), ...effect }));
  }
  for (const { playbook, status, waits } of playbooks) {
    for (const { dueAt, ...wait } of waits) {
      print(JSON.stringify({ type: 'wait', ...of, playbook, status, ...wait, dueAt: isoInstant(dueAt) }));
    }
  }
  if (olderThan !== null) print(JSON.stringify({ type: 'more', ...of, before: isoInstant(olderThan) }));
}

function printStandingLines(subject: SubjectRef, standings: readonly ArmStanding[]): void {
  const of = { subjectType: subject.type, subject: subject.id };
  for (const { unfitting, ...standing } of standings) {
    const came = unfitting.map(({ at, ...one }) => ({ at: isoInstant(at), ...one }));
    print(JSON.stringify({ type: 'standing', ...of, ...standing, unfitting: came }));
  }
}
