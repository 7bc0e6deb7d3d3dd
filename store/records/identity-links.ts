/** Claims of contacts' ids (E6), and what they bring from one timeline to another. */

import type { Instant } from '../../language/model.ts';
import { patchOn } from '../../language/records/event-timelines.ts';
import type { IdentityLink, IdentityLinks } from '../../language/records/identity-links.ts';
import { CONSENT } from '../../language/records/traits.ts';
import { insertTimelineEntries, type TimelineEntry } from '../events/timeline-entries.ts';
import type { Queryable } from '../postgres/database.ts';
import { isOfConsentSql, readConsents } from './consents.ts';
import { mergePatches, type PlacedPatch } from './records.ts';

/**
 * Every claim that may tell to whom some contacts' ids belong, or what belongs to them. Of claims of one id that follow
 * each other and say the same only the first is among them.
 *
 * @param more claims that are not stored yet: what follows one of them is not left out, for it may say something else
 */
export async function loadIdentityLinks(
  client: Queryable,
  ids: readonly string[],
  more: readonly IdentityLink[] = [],
): Promise<IdentityLink[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<{ from: string; to: string; at: Instant; receivedAt: Instant; arrival: number }>(
    // Lists as JSON: of an array the planner knows the length, and would plan anew for each, which costs more than the answer.
    `WITH RECURSIVE linked (id) AS (
       SELECT jsonb_array_elements_text($1::jsonb)
       UNION SELECT o.id FROM linked l CROSS JOIN LATERAL (
         SELECT to_id AS id FROM identity_claims WHERE from_id = l.id
         UNION ALL SELECT from_id FROM identity_claims WHERE to_id = l.id) o),
     stored AS (
       SELECT s.* FROM linked CROSS JOIN LATERAL (
         SELECT from_id, to_id, at, received_at, arrival, ${PREVIOUS} AS previous
           FROM identity_claims WHERE from_id = linked.id OFFSET 0) s),
     given AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset($2::jsonb)
         AS w ("from" text, "to" text, at bigint, "receivedAt" bigint, arrival bigint)),
     claims AS (
       SELECT c.*, ${PREVIOUS} AS previous_of_all FROM (
         SELECT * FROM stored
         UNION ALL SELECT "from", "to", cuebook_instant(at), cuebook_instant("receivedAt"), arrival, "to" FROM given) c)
     SELECT from_id AS "from", to_id AS "to", at, received_at AS "receivedAt", arrival FROM claims
      WHERE (previous IS DISTINCT FROM to_id OR previous_of_all IS DISTINCT FROM to_id)
        -- Looked up, where <> ALL would walk the list for each claim.
        AND arrival NOT IN (SELECT arrival FROM given)`,
    [JSON.stringify([...new Set(ids)]), rowsOf(more)],
  );
  return rows.map(({ from, to, at, receivedAt, arrival }) => ({
    from,
    to,
    place: { at, round: 0, phase: 'events', receivedAt, arrival },
  }));
}

const PREVIOUS = 'lag(to_id) OVER (PARTITION BY from_id ORDER BY at, received_at, arrival)';

function rowsOf(claims: readonly IdentityLink[]): string {
  return JSON.stringify(claims.map(({ from, to, place }) => ({ from, to, ...place })));
}
/** Of so many ids what names them is moved at once. */
const MOVED_AT_ONCE = 100;

/** Keeps claims. Safe to repeat. */
export async function insertIdentityLinks(client: Queryable, claims: readonly IdentityLink[]): Promise<void> {
  if (claims.length === 0) return;
  await client.query(
    `INSERT INTO identity_claims (from_id, to_id, at, received_at, arrival)
     SELECT "from", "to", cuebook_instant(at), cuebook_instant("receivedAt"), arrival
       FROM jsonb_to_recordset($1::jsonb)
         AS w ("from" text, "to" text, at bigint, "receivedAt" bigint, arrival bigint)
     ON CONFLICT DO NOTHING`,
    [rowsOf(claims)],
  );
}

/**
 * Puts everything that names some ids on the timelines and the records where it belongs after the merges, and only there.
 *
 * @param consumed arrivals that are still in `pending_events`, and count as consumed
 */
export async function moveTimelineEntries(
  client: Queryable,
  identities: IdentityLinks,
  ids: readonly string[],
  consumed: ReadonlySet<number>,
): Promise<void> {
  await client.query('DELETE FROM timeline WHERE of_id = ANY($1::text[])', [ids]);
  await client.query('DELETE FROM trait_writes WHERE of_id = ANY($1::text[])', [ids]);
  for (let n = 0; n < ids.length; n += MOVED_AT_ONCE) {
    const { rows } = await client.query<{
      id: string;
      arrival: number;
      at: Instant;
      receivedAt: Instant;
      patches: PlacedPatch['patch'][];
      isPending: boolean;
    }>(
      `SELECT t.subject_id AS id, t.arrival, t.at, t.received_at AS "receivedAt", e.patches,
              p.arrival IS NOT NULL AS "isPending"
         FROM timeline t JOIN events e USING (arrival) LEFT JOIN pending_events p USING (arrival)
        WHERE t.subject_type = 'contact' AND t.subject_id = ANY($1::text[]) AND t.of_id IS NULL`,
      [ids.slice(n, n + MOVED_AT_ONCE)],
    );
    const entries: TimelineEntry[] = [];
    const writes: PlacedPatch[] = [];
    for (const { id, arrival, at, receivedAt, patches, isPending } of rows) {
      const place = { at, round: 0, phase: 'events' as const, receivedAt, arrival };
      for (const { id: owner, via } of identities.ownerships(id, place)) {
        const brought = owner === id ? {} : { of: id, via: via?.place };
        if (owner !== id) entries.push({ subject: { type: 'contact', id: owner }, arrival, ...brought });
        if (isPending && !consumed.has(arrival)) continue; // its writes come when it is consumed
        for (const patch of patches) {
          const own = patch.type === 'contact' && patch.id === id ? patchOn(patch, owner) : undefined;
          if (own) writes.push({ patch: own, at, receivedAt, arrival, ...brought });
        }
      }
    }
    await insertTimelineEntries(client, entries);
    await mergePatches(client, writes);
  }
}

/**
 * Brings contacts to their latest writes after some were moved away, and lets go of records of ids that are another's.
 * Records without any write stay as they are.
 */
export async function rebuildMergedRecords(
  client: Queryable,
  owners: readonly string[],
  merged: readonly string[],
): Promise<void> {
  await client.query('DELETE FROM contacts WHERE id = ANY($1::text[])', [merged]);
  const { ids, consents } = await readConsents(client, 'contact', owners);
  await client.query(
    `UPDATE contacts c SET traits = l.traits, email = l.traits->>'email', account_id = l.traits->>'accountId'
       FROM (SELECT w.id, coalesce(jsonb_object_agg(t.trait, t.value)
                        FILTER (WHERE t.value <> 'null'::jsonb AND NOT ${isOfConsentSql('t.trait')}), '{}')
                      || CASE WHEN w.consent = 'null' THEN '{}' ELSE jsonb_build_object('${CONSENT}', w.consent::jsonb) END AS traits
               FROM unnest($1::text[], $2::text[]) AS w (id, consent)
               JOIN LATERAL (SELECT DISTINCT ON (trait) trait, value FROM trait_writes
                              WHERE type = 'contact' AND id = w.id
                              ORDER BY trait, at DESC, received_at DESC, arrival DESC) t ON true
              GROUP BY w.id, w.consent) l
      WHERE c.id = l.id AND c.traits <> l.traits`,
    [ids, consents],
  );
}

/** Keeps as which contact firings fired; null where that is whose they are. */
export async function writeFiredAs(
  client: Queryable,
  rows: readonly { id: string; firedAs: string | null }[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE firings f SET fired_as = w."firedAs" FROM jsonb_to_recordset($1::jsonb) AS w (id text, "firedAs" text)
      WHERE f.id = w.id`,
    [JSON.stringify(rows)],
  );
}

/** Moves firings, with their enrolments and what those did, to the contact that owns them now. */
export async function moveFirings(
  client: Queryable,
  moves: readonly { id: string; from: string; to: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  const values = [JSON.stringify(moves)];
  const moved = `jsonb_to_recordset($1::jsonb) AS w (id text, "from" text, "to" text)`;
  // By the contact, too: none of these tables is indexed by firing.
  const ofContact = (table: string) => `${table}.subject_type = 'contact' AND ${table}.subject_id = w."from"`;
  const enrolments = `${moved} JOIN enrolments e ON e.firing_id = w.id AND e.subject_type = 'contact' AND e.subject_id = w."to"`;
  await client.query(`UPDATE firings f SET subject_id = w."to" FROM ${moved} WHERE f.id = w.id`, values);
  await client.query(
    `UPDATE enrolments e SET subject_id = w."to" FROM ${moved} WHERE e.firing_id = w.id AND ${ofContact('e')}`,
    values,
  );
  for (const table of ['subscriptions', 'tasks', 'outcomes', 'decisions']) {
    await client.query(
      `UPDATE ${table} x SET subject_id = w."to" FROM ${enrolments}
        WHERE x.enrolment_id = e.id AND ${ofContact('x')}`,
      values,
    );
  }
  await client.query(
    `UPDATE decisions d SET subject_id = w."to" FROM ${moved} WHERE d.firing_id = w.id AND ${ofContact('d')}`,
    values,
  );
  await client.query(
    `UPDATE messages m SET contact_id = w."to" FROM ${enrolments}
      WHERE m.enrolment_id = e.id AND m.contact_id = w."from"`,
    values,
  );
}

/** Firings that were refused, or wait for an audience, and are to be decided anew: they wait for that. */
export async function reopenFirings(client: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query(
    `UPDATE firings f SET status = 'deferred', reason = 'anonymous', waits_until = NULL, enters_at = NULL
      WHERE f.id = ANY($1::text[]) AND f.status <> 'enrolled'`,
    [ids],
  );
}

/** Gives the stored arms of merged ids to their owners: of those of one experiment the oldest stays (E6). */
export async function moveArms(client: Queryable, moves: readonly { from: string; to: string }[]): Promise<void> {
  if (moves.length === 0) return;
  await client.query(
    `WITH w AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[]) AS w ("from", "to")),
          gone AS (DELETE FROM assignments a USING w WHERE a.subject_type = 'contact' AND a.subject_id = w."from"
                   RETURNING a.*, w."to")
     INSERT INTO assignments (playbook, experiment, subject_type, subject_id, arm, at)
     SELECT DISTINCT ON (playbook, experiment, "to") playbook, experiment, 'contact', "to", arm, at
       FROM gone ORDER BY playbook, experiment, "to", at, subject_id
     ON CONFLICT (playbook, experiment, subject_type, subject_id) DO UPDATE SET arm = excluded.arm, at = excluded.at
       WHERE assignments.at > excluded.at`,
    [moves.map(({ from }) => from), moves.map(({ to }) => to)],
  );
}

/** Keeps for each playbook the side of the contact's oldest enrolment, and whether there were two (E6). */
export async function keepSides(client: Queryable, id: string): Promise<void> {
  await client.query(
    `INSERT INTO holdout_sides (playbook, subject_type, subject_id, ghost, mixed)
     SELECT playbook, 'contact', $1, (array_agg(ghost ORDER BY started_at, id))[1], bool_or(ghost) AND NOT bool_and(ghost)
       FROM enrolments WHERE subject_type = 'contact' AND subject_id = $1 GROUP BY playbook
     ON CONFLICT (playbook, subject_type, subject_id)
     DO UPDATE SET ghost = excluded.ghost, mixed = holdout_sides.mixed OR excluded.mixed`,
    [id],
  );
}

/** Open enrolments of a contact that has an older open one of the same playbook and key, and were not notified yet. */
export async function doubleEnrolments(client: Queryable, id: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM (
       SELECT id, row_number() OVER (PARTITION BY playbook, key ORDER BY started_at, id) AS place FROM enrolments
        WHERE subject_type = 'contact' AND subject_id = $1 AND outcome IS NULL) e
      WHERE place > 1
        AND NOT EXISTS (SELECT FROM journey_inputs i WHERE i.enrolment_id = e.id AND i.kind = 'merged')`,
    [id],
  );
  return rows.map((row) => row.id);
}
