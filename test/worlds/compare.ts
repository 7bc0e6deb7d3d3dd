/** What a live store holds against what virtual time gives, and by which rule they may differ. */
import type { Instant, PlaybookVersion } from '../../language/model.ts';
import { isAnonymous } from '../../language/records/identity-links.ts';
import { type Arrival, type History, historyIn, isLate } from '../../simulate/worlds/world.ts';
import type { Database } from '../../store/postgres/database.ts';
import { livedLines, shown } from '../support/lines.ts';
import type { Virtual } from './virtual.ts';

/** History's name → what differs, a line each. */
export type Differences = Map<string, string[]>;

const MISSING = 'missing:';
const MORE = 'more:   ';

/**
 * Everything is the same: firings with their evidence, decisions, effects with their instants, endings. What a visitor
 * did is shown as the person's that the visitor became, and a decision without the instant at which it fell (E6).
 */
export async function differencesInTime(
  { lines, heirOf }: Virtual,
  live: { database: Database },
  histories: ReadonlyMap<string, History>,
): Promise<Differences> {
  const settled = (line: string) => settledLine(line, heirOf);
  const found = differences(lines.map(shown).map(settled), (await livedLines(live)).map(settled));
  return settledByMerges(found, histories);
}

/** Without what a merge brought to a journey, and the clock settled some milliseconds later (S0). */
export function settledByMerges(found: Differences, histories: ReadonlyMap<string, History>): Differences {
  const left = [...found].map(([name, told]): [string, string[]] => {
    return [name, histories.get(name)?.some(isMerging) ? unsettled(told) : told];
  });
  return new Map(left.filter(([, told]) => told.length > 0));
}

/** The stepped clock settles an instant in as many milliseconds as there are rounds. */
const MAX_SETTLING_MS = 200;

function isMerging({ call }: Arrival): boolean {
  return call.type === 'alias' || (call.userId !== undefined && call.anonymousId !== undefined);
}

/**
 * S0: what a merge brings to a journey is from before it, so what follows it is late, and is done at the real instant. Live
 * that is within the milliseconds in which the clock settles.
 */
function unsettled(told: readonly string[]): string[] {
  const left = [...told];
  for (const line of told.filter((one) => one.startsWith(MISSING))) {
    const wanted = timed(line);
    const pair = left.findIndex((one) => {
      if (!one.startsWith(MORE)) return false;
      const came = timed(one);
      return came.rest === wanted.rest && came.at > wanted.at && came.at - wanted.at <= MAX_SETTLING_MS;
    });
    if (pair < 0) continue;
    left.splice(pair, 1);
    left.splice(left.indexOf(line), 1);
  }
  return left;
}

/** A difference's line without its instant, NaN where it has none. */
function timed(line: string): { at: number; rest: string } {
  const [type, whose, key, at, ...rest] = JSON.parse(line.slice(MISSING.length)) as string[];
  const isDone = type === 'effect' || type === 'outcome';
  return { at: isDone ? Date.parse(at!) : Number.NaN, rest: JSON.stringify([type, whose, key, ...rest]) };
}

/** Two lists of lines that each name their history; a line counts as often as it stands there. */
export function differences(wanted: readonly string[], came: readonly string[]): Differences {
  const found: Differences = new Map();
  const note = (line: string, sign: string) => {
    const name = historyIn(line);
    found.set(name, [...(found.get(name) ?? []), `${sign} ${line}`]);
  };
  const left = new Map<string, number>();
  for (const line of came) left.set(line, (left.get(line) ?? 0) + 1);
  for (const line of wanted) {
    const count = left.get(line) ?? 0;
    if (count === 0) note(line, MISSING);
    else left.set(line, count - 1);
  }
  for (const [line, count] of left) for (let n = 0; n < count; n++) note(line, MORE);
  return found;
}

export function settledLine(line: string, heirOf: Virtual['heirOf']): string {
  const [type, subject, key, at, ...rest] = JSON.parse(line) as [string, string, string, string, ...unknown[]];
  const whose = heirOf(subject.slice('contact/'.length));
  return JSON.stringify([type, whose, key, ...(type === 'enrolment' ? [] : [at]), ...rest]);
}

interface FiringRow {
  id: string;
  playbook: string;
  subject: string;
  key: string;
  at: string;
  made: string;
  entersAt: string | null;
  status: string;
  reason: string | null;
  byTime: boolean;
  undoneBy: string | null;
  undoneAt: string | null;
  moved: boolean;
  standsFor: string | null;
  enrolments: number;
  open: number;
}

/**
 * N1: `overtaken` is decided by what is known when a firing enters; a goal or an exit that comes to light later ends nothing.
 *
 * @param waits whether the playbook lets firings wait for their audience
 */
function cameAfterEntry({ status, at, entersAt }: FiringRow, history: History = [], waits = false): boolean {
  // What entered at its own instant was not overtaken, unless by another trait it would have waited for its audience.
  if (status !== 'enrolled' || (entersAt === null && !waits)) return false;
  const [from, to] = [Date.parse(at), Date.parse(entersAt ?? at)];
  return history.some((one) => {
    if (!isLate(one) || one.at > to || !cameAfter(one, to, history)) return false;
    if (one.call.type === 'track') return one.at > from;
    // A claim brings it; by another trait it would not have been let in before it.
    return isMerging(one) || waits;
  });
}

/** Of two requests that come at one instant each is a recomputation of its own. */
export function isOneRequest(history: History = [], instant: Instant): boolean {
  return new Set(history.flatMap(({ sentAt, cut }) => (sentAt === instant ? [cut] : []))).size < 2;
}

/** Whether a call came when others of an instant had been consumed. */
function cameAfter({ sentAt, cut }: Arrival, instant: Instant, history: History): boolean {
  if (sentAt !== instant) return sentAt > instant;
  return history.some((other) => other.sentAt === instant && other.cut < cut);
}

/** What is read of the live store where events came late. */
const FIRINGS = `SELECT f.id, f.playbook, f.subject_id AS subject, f.key, f.at::text AS at, f.made_at::text AS made, f.enters_at::text AS "entersAt", f.status, f.reason,
  f.by_time AS "byTime", f.undone_by AS "undoneBy", u.received_at::text AS "undoneAt", f.moved, f.stands_for AS "standsFor",
  coalesce(e.enrolments, 0) AS enrolments, coalesce(e.open, 0) AS open
  FROM firings f LEFT JOIN events u ON u.message_id = f.undone_by
    LEFT JOIN (SELECT firing_id, count(*)::int AS enrolments, (count(*) FILTER (WHERE outcome IS NULL))::int AS open
                 FROM enrolments GROUP BY firing_id) e ON e.firing_id = f.id`;

/** Where events come late, what is done depends on what was known by then; this does not, by the rules that are named. */
export async function differencesLate(
  { lines, heirOf }: Virtual,
  live: { database: Database },
  histories: ReadonlyMap<string, History>,
  versions: readonly PlaybookVersion[],
): Promise<Differences> {
  const waiting = new Set(versions.flatMap(({ playbook }) => (playbook.ifRefusedMs ? [playbook.playbook] : [])));
  const { rows } = await live.database.pool.query<FiringRow>(FIRINGS);
  const say = (row: FiringRow) => JSON.stringify([row.playbook, row.subject, row.key, row.at, row.id, row.status]);
  const named = (subject: string, playbook: string, id: string) => `${heirOf(subject)} ${playbook} ${id}`;
  const decided = lines.filter((line) => line.type === 'enrolment');
  const nameOf = (line: (typeof decided)[number]) => named(line.subject.id, line.playbook, line.id);
  // N1: one that the timeline no longer gives once it may enter is refused `overtaken`, or taken back before that; one that
  // was decided before that was known stays refused for the reason that it had.
  const overtaken = new Set(decided.filter(({ refused }) => refused === 'overtaken').map(nameOf));
  // E5: the state, and so the firings that stand, are those of E4's order; one that moved stands for another.
  const given = new Set(decided.map(nameOf).filter((name) => !overtaken.has(name)));
  const standing = rows.flatMap((row) => {
    if (row.reason === 'overtaken' || (row.undoneBy !== null && !row.moved)) return [];
    const name = named(row.subject, row.playbook, row.moved ? row.standsFor! : row.id);
    const history = histories.get(historyIn(row.subject));
    const isDecided = row.status === 'refused' || cameAfterEntry(row, history, waiting.has(row.playbook));
    return isDecided && overtaken.has(name) ? [] : [name];
  });
  const found = differences([...given], [...new Set(standing)]);
  const wrong = (row: FiringRow, rule: string) => {
    const name = historyIn(row.subject);
    found.set(name, [...(found.get(name) ?? []), `${rule}: ${say(row)}`]);
  };
  const stands = new Map<string, number>();
  const alike = new Map<string, FiringRow[]>();
  const kindOf = (row: FiringRow) => JSON.stringify([row.playbook, row.subject, row.key]);
  for (const row of rows) alike.set(kindOf(row), [...(alike.get(kindOf(row)) ?? []), row]);
  for (const row of rows) {
    if (row.undoneBy === null || row.moved) {
      const id = row.moved ? row.standsFor! : row.id;
      stands.set(id, (stands.get(id) ?? 0) + row.enrolments);
    }
    // N3: one enrolment per accepted firing, and none without one.
    if (row.enrolments !== (row.status === 'enrolled' ? 1 : 0)) wrong(row, `N3, ${row.enrolments} enrolments`);
    // E5: what time made and the order takes back ends before its next effect.
    if (row.undoneBy !== null && !row.moved && row.byTime && row.open > 0) wrong(row, 'E5, still open');
    // E6: what waits for a merge is decided by it.
    const isTakenBack = row.undoneBy !== null && !row.moved;
    const isMerged = !isAnonymous({ type: 'contact', id: row.subject });
    if (row.status === 'deferred' && row.reason === 'anonymous' && isMerged && !isTakenBack) wrong(row, 'E6, waits on');
    // E5: what one recomputation takes back and gives anew within a window stands for it, where it had entered.
    const anew = alike
      .get(kindOf(row))!
      .find(
        (other) =>
          other.undoneBy === null &&
          row.undoneBy !== null &&
          !row.moved &&
          row.status === 'enrolled' &&
          other.reason !== 'overtaken' &&
          row.undoneAt === other.made &&
          isOneRequest(histories.get(historyIn(row.subject)), Date.parse(other.made)) &&
          Math.abs(Date.parse(other.at) - Date.parse(row.at)) < 3_600_000,
      );
    if (anew) wrong(row, `E5, not moved to ${anew.at}`);
  }
  // E5: nothing is done twice for one firing.
  for (const row of rows) if ((stands.get(row.id) ?? 0) > 1) wrong(row, 'E5, entered twice');
  return found;
}
