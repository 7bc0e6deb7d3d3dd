/** What entry decided where events came late: whose history was known when it was decided is decided as in its order (N1). */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import { type History, historyIn, isLate } from '../../simulate/worlds/world.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Differences, isOneRequest } from './compare.ts';
import type { Virtual } from './virtual.ts';

interface DecidedRow {
  id: string;
  playbook: string;
  subject: string;
  at: Instant;
  status: string;
  reason: string | null;
  decidedAt: Instant;
}

/** E5: what was taken back, or stands for another, has another decision in the order, or none. */
const DECIDED = `SELECT f.id, f.playbook, f.subject_id AS subject, f.at, f.status, f.reason,
  coalesce(d.decided_at, f.made_at) AS "decidedAt"
  FROM firings f
    LEFT JOIN (SELECT firing_id, max(decided_at) AS decided_at FROM decisions GROUP BY firing_id) d ON d.firing_id = f.id
  WHERE f.undone_by IS NULL`;

/** What of a decision follows from the history alone; the rest asks what else has entered by then. */
const OF_HISTORY: readonly string[] = ['audience', 'overtaken'];

/** @param histories by their names */
export async function differencesOfDecisions(
  { lines, heirOf }: Virtual,
  live: { database: Database },
  histories: ReadonlyMap<string, History>,
  versions: readonly PlaybookVersion[],
): Promise<Differences> {
  const { rows } = await live.database.pool.query<DecidedRow>(DECIDED);
  const waitsMs = new Map(versions.map(({ playbook }) => [playbook.playbook, playbook.ifRefusedMs ?? 0]));
  const named = (subject: string, id: string) => `${heirOf(subject)} ${id}`;
  const given = new Map(
    lines.flatMap((line) => (line.type === 'enrolment' ? [[named(line.subject.id, line.id), line.refused]] : [])),
  );
  const found: Differences = new Map();
  for (const row of rows) {
    const name = historyIn(row.subject);
    const history = histories.get(name);
    const wanted = given.get(named(row.subject, row.id));
    if (!history || wanted === undefined) continue;
    const came = row.status === 'enrolled' ? null : row.reason;
    const upTo = Math.max(row.decidedAt, row.at + waitsMs.get(row.playbook)!);
    const isSame = history.some((one) => isLate(one) && one.at <= upTo)
      ? !isAllKnown(history, upTo, row.decidedAt) || ofHistory(wanted) === ofHistory(came)
      : wanted === came;
    if (isSame) continue;
    const told = `N1, ${wanted ?? 'entered'} by the order: ${row.playbook} ${row.id} ${row.status} ${row.reason ?? ''}`;
    found.set(name, [...(found.get(name) ?? []), told]);
  }
  return found;
}

/** Whether nothing up to an instant came after a decision, or with another request of its instant. */
function isAllKnown(history: History, upTo: Instant, decidedAt: Instant): boolean {
  const isKnown = history.every(({ at, sentAt }) => at > upTo || sentAt <= decidedAt);
  return isKnown && isOneRequest(history, decidedAt);
}

function ofHistory(reason: string | null): string {
  return reason !== null && OF_HISTORY.includes(reason) ? reason : 'let in';
}
