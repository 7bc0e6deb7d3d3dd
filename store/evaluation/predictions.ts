/** Predictions of traits at each day's start, and whether the event came (T14). */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

/** Whose predictions rows are: a trait as expressions name it, and its definition's hash. */
export interface PredictionKey {
  trait: string;
  hash: string;
}

export interface MadePrediction extends PredictionKey {
  subjectId: string;
  madeAt: Instant;
  dueAt: Instant;
  predicted: boolean;
  /** The messageId of an awaited event that was consumed before the row was written; null without one. */
  cameEvent: string | null;
}

/** An awaited event of a record, by any of the ids that the record has had. */
export interface AwaitedEvent extends PredictionKey {
  subjectIds: readonly string[];
  at: Instant;
  withinMs: number;
  messageId: string;
}

/** Rows that one statement changes at most. */
const CHUNK = 2_000;
const KEPT_DAYS = 400;

/** Whose rows there are: a step of the index for each, not a look at each row. */
const WITH_HELD = `WITH RECURSIVE held AS (
  (SELECT trait, hash FROM predictions ORDER BY trait, hash LIMIT 1)
  UNION ALL
  SELECT n.trait, n.hash FROM held h CROSS JOIN LATERAL (
    SELECT p.trait, p.hash FROM predictions p WHERE (p.trait, p.hash) > (h.trait, h.hash)
     ORDER BY p.trait, p.hash LIMIT 1) n)`;

/** What was predicted of a subject at an instant already stays. */
export async function insertPredictions(client: Queryable, rows: readonly MadePrediction[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO predictions (trait, hash, subject_id, made_at, due_at, predicted, came, came_event)
     SELECT trait, hash, "subjectId", cuebook_instant("madeAt"), cuebook_instant("dueAt"), predicted,
            CASE WHEN "cameEvent" IS NOT NULL THEN true END, "cameEvent"
       FROM jsonb_to_recordset($1::jsonb) AS w (trait text, hash text, "subjectId" text, "madeAt" bigint,
         "dueAt" bigint, predicted boolean, "cameEvent" text)
     ON CONFLICT (trait, hash, subject_id, made_at) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/**
 * Awaited events came: whatever was predicted at most `withinMs` before one of them, and before the event itself, has come
 * true, also where its time was up before a late event. The caller holds the subjects' locks.
 *
 * @param events in the order in which they were consumed
 */
export async function confirmPredictions(client: Queryable, events: readonly AwaitedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.flatMap(({ subjectIds, at, withinMs, ...row }, n) =>
    subjectIds.map((id) => ({ ...row, n, id, at, from: at - withinMs })),
  );
  await client.query(
    `UPDATE predictions p SET came = true, came_event = f."messageId"
       FROM (SELECT DISTINCT ON (o.trait, o.hash, o.subject_id, o.made_at)
                    o.trait, o.hash, o.subject_id, o.made_at, w."messageId"
               FROM jsonb_to_recordset($1::jsonb) AS w (n int, trait text, hash text, id text, at bigint, "from" bigint,
                      "messageId" text)
               JOIN predictions o ON o.trait = w.trait AND o.hash = w.hash AND o.subject_id = w.id
                AND o.made_at >= cuebook_instant(w."from") AND o.made_at < cuebook_instant(w.at)
              ORDER BY o.trait, o.hash, o.subject_id, o.made_at, w.n) f
      WHERE p.trait = f.trait AND p.hash = f.hash AND p.subject_id = f.subject_id AND p.made_at = f.made_at
        AND p.came IS DISTINCT FROM true`,
    [JSON.stringify(rows)],
  );
}

/** Marks predictions as not confirmed whose time is over by an instant up to which everything received has been consumed. */
export async function expirePredictions(client: Queryable, { trait, hash }: PredictionKey, at: Instant): Promise<void> {
  await client.query(
    `UPDATE predictions p SET came = false
       FROM (SELECT trait, hash, subject_id, made_at FROM predictions
              WHERE trait = $1 AND hash = $2 AND came IS NULL AND due_at <= cuebook_instant($3)
              ORDER BY due_at LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED) d
      WHERE p.trait = d.trait AND p.hash = d.hash AND p.subject_id = d.subject_id AND p.made_at = d.made_at`,
    [trait, hash, at],
  );
}

/** Some of what was made more than 400 days before an instant goes. */
export async function prunePredictions(client: Queryable, { trait, hash }: PredictionKey, at: Instant): Promise<void> {
  await client.query(
    `DELETE FROM predictions WHERE (trait, hash, subject_id, made_at) IN (
       SELECT trait, hash, subject_id, made_at FROM predictions
        WHERE trait = $1 AND hash = $2 AND made_at < cuebook_instant($3) - interval '${KEPT_DAYS} days'
        ORDER BY made_at LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
    [trait, hash, at],
  );
}

/**
 * Some predictions of other traits, or of other definitions of these, go.
 *
 * @returns whether there may be more of them
 */
export async function dropOtherPredictions(client: Queryable, kept: readonly PredictionKey[]): Promise<boolean> {
  const { rowCount } = await client.query(
    `${WITH_HELD},
     gone AS (SELECT trait, hash FROM held EXCEPT SELECT * FROM unnest($1::text[], $2::text[]))
     DELETE FROM predictions WHERE (trait, hash, subject_id, made_at) IN (
       SELECT p.trait, p.hash, p.subject_id, p.made_at FROM gone JOIN predictions p USING (trait, hash)
        LIMIT ${CHUNK} FOR UPDATE OF p SKIP LOCKED)`,
    [kept.map(({ trait }) => trait), kept.map(({ hash }) => hash)],
  );
  return rowCount !== 0;
}

export interface PredictionTotals {
  trait: string;
  /** Predictions that the event would come. */
  made: number;
  /** The part of those of which it came; null without any. */
  precision: number | null;
  /** The part of those of which it came that were predicted; null where it never came. */
  recall: number | null;
  /** The part of all days at which `when` had an answer, yes or no, of which it came. */
  base_rate: number;
}

/**
 * How good each trait's predictions that were due in [from, to) were. Predictions from the first undecided one on are left
 * out, and traits without any; ordered by trait.
 */
export async function predictionTotals(
  client: Queryable,
  { from, to }: { from: Instant; to: Instant },
): Promise<PredictionTotals[]> {
  const { rows } = await client.query<{ trait: string; rows: number; made: number; came: number; hits: number }>(
    `${WITH_HELD},
     decided AS (
       SELECT h.trait, h.hash, LEAST(cuebook_now(), (SELECT o.due_at - interval '1 ms' FROM predictions o
                WHERE o.trait = h.trait AND o.hash = h.hash AND o.came IS NULL ORDER BY o.due_at LIMIT 1)) AS up_to
         FROM held h)
     SELECT p.trait, count(*) AS rows, count(*) FILTER (WHERE predicted) AS made, count(*) FILTER (WHERE came) AS came,
            count(*) FILTER (WHERE predicted AND came) AS hits
       FROM decided d JOIN predictions p USING (trait, hash)
      WHERE p.came IN (true, false) AND p.due_at <= d.up_to
        AND p.due_at >= cuebook_instant($1) AND p.due_at < cuebook_instant($2)
      GROUP BY p.trait ORDER BY p.trait COLLATE "C"`,
    [from, to],
  );
  return rows.map(({ trait, rows: all, made, came, hits }) => ({
    trait,
    made,
    precision: made === 0 ? null : hits / made,
    recall: came === 0 ? null : hits / came,
    base_rate: came / all,
  }));
}
