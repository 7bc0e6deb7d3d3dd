/** Explains what was fired and decided about the subjects that somebody means, and what came of it (V5). */
import { registry } from '../../evaluation/registry.ts';
import { didYouMean } from '../../language/diagnostics/nearest.ts';
import { SUBJECT_TYPES, type SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { isZone } from '../../language/time/zones.ts';
import type { FeedTeller } from '../../server/sentences.ts';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Explanation, explanationOf } from '../../store/reports/explanations.ts';
import {
  contactsOfAddress,
  eventNamesOf,
  heirOfSubject,
  MAX_FOUND,
  type NamedSubject,
  namedSubject,
  subjectsOfId,
  subjectsOfName,
} from '../../store/reports/find-subjects.ts';
import { Failure } from '../failure.ts';
import { print, printLine } from '../output.ts';
import { reachingStore } from '../reach-store.ts';
import { printExplanation, printMerged } from './print.ts';

export interface ExplainOptions {
  subject: string;
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
 * @throws Failure UNKNOWN_SUBJECT when nothing that is stored is called so, SEVERAL_SUBJECTS when a name is not enough, and
 *   UNKNOWN_PLAYBOOK.
 */
export async function explain(options: ExplainOptions): Promise<void> {
  await reachingStore(options.dataDir, async (database) => {
    if (options.playbook !== undefined) await checkPlaybook(database, options.playbook);
    const teller = await tellerOf(database);
    for (const subject of await subjectsMeant(database, options)) {
      const limit = options.limit ?? (options.json ? undefined : SHOWN_FIRINGS);
      const explanation = await explanationOf(database, subject, { ...options, limit });
      if (options.json) printLines(subject, explanation);
      else if (subject.into !== undefined && explanation.firings.length + explanation.decisions.length === 0)
        printMerged(subject, subject.into);
      else {
        const { timeZone } = subject;
        const zone = timeZone !== null && isZone(timeZone) ? timeZone : teller.zone;
        const events = await eventNamesOf(database, subject);
        printExplanation(subject, explanation, { teller: { ...teller, zone }, events });
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
async function subjectsMeant(database: Database, options: ExplainOptions): Promise<Meant[]> {
  const meant = new Map<string, Meant>();
  for (const subject of await subjectsNamed(database, options)) {
    const into = await heirOfSubject(database, subject, options.at);
    meant.set(subjectKey(subject), { ...subject, ...(into && { into }) });
    if (into && !meant.has(subjectKey(into))) meant.set(subjectKey(into), await namedSubject(database, into));
  }
  return [...meant.values()];
}

/** By id, else by the address, else by the name. */
async function subjectsNamed(database: Database, { subject: asked, json }: ExplainOptions): Promise<NamedSubject[]> {
  const type = SUBJECT_TYPES.find((one) => asked.startsWith(`${one}/`));
  const text = type === undefined ? asked : asked.slice(type.length + 1);
  const isMeant = (one: SubjectRef) => type === undefined || one.type === type;
  const byId = (await subjectsOfId(database, text)).filter(isMeant);
  if (byId.length > 0) return Promise.all(byId.map((subject) => namedSubject(database, subject)));
  const byAddress = text.includes('@') ? (await contactsOfAddress(database, text)).filter(isMeant) : [];
  if (byAddress.length > 0) return byAddress;
  const byName = (await subjectsOfName(database, text)).filter(isMeant);
  if (byName.length === 1) return byName;
  if (byName.length > 1) throw several(asked, byName, json);
  throw new Failure(
    'UNKNOWN_SUBJECT',
    `No event or record names ${asked}, by its id, its address or its name.`,
    'Ids are those of events (`userId`, `accountId`, …). Is it another data folder, or a DATABASE_URL that is not set?',
  );
}

/** Who is meant is asked for; names and addresses are part of the answer, and of no failure. */
function several(asked: string, found: readonly NamedSubject[], json: boolean | undefined): Failure {
  for (const { type, id, name, email } of found) {
    if (json) print(JSON.stringify({ type: 'subject', subjectType: type, subject: id, name, email }));
    else printLine(`  ${type}/${id}  ${[name, email].filter(Boolean).join(', ')}`);
  }
  const many = found.length === MAX_FOUND ? `At least ${MAX_FOUND}` : String(found.length);
  return new Failure(
    'SEVERAL_SUBJECTS',
    `${many} records have ${asked} in their name.`,
    `Ask for one of them: --subject ${found[0]!.type}/${found[0]!.id}`,
  );
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
