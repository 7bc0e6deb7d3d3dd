/** What was done where events came late, line by line, of each enrolment that live and virtual time both have. */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import { type History, historyIn, isLate } from '../../simulate/worlds/world.ts';
import type { Database } from '../../store/postgres/database.ts';
import { livedLines, shown } from '../support/lines.ts';
import { type Differences, differences, settledByMerges, settledLine } from './compare.ts';
import type { Virtual } from './virtual.ts';

/** S0: an effect that really happens so much later than its journey's instant moves that instant. */
const DELAYED_AFTER_MS = 15 * 60_000;

interface LiveEnrolment {
  id: string;
  playbook: string;
  subject: string;
  started: Instant;
  made: Instant;
  ended: Instant | null;
  outcome: string | null;
  reason: string | null;
}

/** E5: of what was taken back, or stands for another, virtual time has another enrolment, or none. */
const ENROLMENTS = `SELECT e.id, e.playbook, e.subject_id AS subject, e.started_at AS started, f.made_at AS made, e.ended_at AS ended, e.outcome, e.reason
  FROM enrolments e JOIN firings f ON f.id = e.firing_id WHERE f.undone_by IS NULL`;

/** @param histories by their names */
export async function differencesOfEffects(
  { lines, heirOf }: Virtual,
  live: { database: Database },
  histories: ReadonlyMap<string, History>,
  versions: readonly PlaybookVersion[],
): Promise<Differences> {
  const { rows } = await live.database.pool.query<LiveEnrolment>(ENROLMENTS);
  const ends = new Map(
    lines.flatMap((line) => (line.type === 'outcome' && !line.afterEnd ? [[line.enrolment, line]] : [])),
  );
  const whole = new Set<string>();
  const steps = new Set<string>();
  const conversions = new Set<string>();
  const goalMs = new Map(versions.map(({ playbook }) => [playbook.playbook, playbook.goal?.withinMs]));
  for (const row of rows) {
    const history = histories.get(historyIn(row.subject));
    const end = ends.get(row.id);
    // E6: which of two open enrolments of one key is the older depends on what had been entered by then.
    if (!history || !end || row.reason === 'merged' || end.reason === 'merged') continue;
    const endedAt = Math.max(end.at, row.ended ?? Number.POSITIVE_INFINITY);
    const isDelayed = row.made - row.started > DELAYED_AFTER_MS;
    const isAllKnown = (until: Instant) =>
      history.every((_, n) => isKnown(history, n, { madeAt: row.made, endedAt: until }));
    if (!isDelayed && isAllKnown(endedAt)) {
      whole.add(row.id);
      // G1: a goal is met once, after the end too, by what is known first.
      if (isAllKnown(row.started + (goalMs.get(row.playbook) ?? Number.POSITIVE_INFINITY))) conversions.add(row.id);
    }
    if (!whole.has(row.id) && row.outcome === 'completed' && end.outcome === 'completed') steps.add(row.id);
  }
  const wanted = lines.map(shown);
  const came = await livedLines(live);
  const linesOf = (all: readonly string[], ids: ReadonlySet<string>, told: (line: string) => string[]) =>
    all.filter((line) => ids.has(enrolmentOf(line))).flatMap(told);
  const settled = (line: string) =>
    isConversion(line) && !conversions.has(enrolmentOf(line)) ? [] : [settledLine(line, heirOf)];
  const stepsAlone = (line: string) => stepLine(settledLine(line, heirOf));
  const ofWhole = differences(linesOf(wanted, whole, settled), linesOf(came, whole, settled));
  return joined(
    settledByMerges(ofWhole, histories),
    differences(linesOf(wanted, steps, stepsAlone), linesOf(came, steps, stepsAlone)),
  );
}

/** Whether a call could change nothing of an enrolment: it came before its firing was made, or is about what came after it. */
function isKnown(history: History, n: number, { madeAt, endedAt }: { madeAt: Instant; endedAt: Instant }): boolean {
  const call = history[n]!;
  if (!isLate(call) || call.at > endedAt || call.sentAt < madeAt) return true;
  const isLastOfInstant = history.every(({ sentAt, cut }) => sentAt !== call.sentAt || cut <= call.cut);
  return call.sentAt === madeAt && isLastOfInstant;
}

/** A goal that was met after the end. */
function isConversion(line: string): boolean {
  const [type, , , , , , , afterEnd] = JSON.parse(line) as [string, ...unknown[]];
  return type === 'outcome' && afterEnd === true;
}

/** Of effects and endings. */
function enrolmentOf(line: string): string {
  const [type, , , , enrolment] = JSON.parse(line) as [string, string, string, string, string];
  return type === 'effect' || type === 'outcome' ? enrolment : '';
}

/**
 * What is known when a step runs decides its branch (S4), its texts (T0) and its instant (S0); that it is done once, or its
 * other branch, does not.
 */
function stepLine(line: string): string[] {
  const [type, subject, , , enrolment, step] = JSON.parse(line) as string[];
  // A goal after the end may come late, too (G1).
  if (type !== 'effect') return [];
  return [JSON.stringify([subject, enrolment, step!.replace(/\.(then|else)\./g, '.*.')])];
}

function joined(a: Differences, b: Differences): Differences {
  const all = new Map(a);
  for (const [name, lines] of b) all.set(name, [...(all.get(name) ?? []), ...lines]);
  return all;
}
