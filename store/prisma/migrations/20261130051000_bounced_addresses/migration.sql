-- A bounce holds for the address that its contact had then (P3). What was kept of earlier ones is held by the address that
-- the contact had at that place, as a new one is; without any it holds for nothing.
UPDATE "trait_writes" b SET "value" = to_jsonb(e.address)
  FROM (
    SELECT w."id", w."at", w."received_at", w."arrival", lower(btrim(a."value" #>> '{}')) AS address
      FROM "trait_writes" w
      CROSS JOIN LATERAL (
        SELECT a."value" FROM "trait_writes" a
         WHERE a."type" = 'contact' AND a."id" = w."id" AND a."trait" = 'email'
           AND (a."at", a."received_at", a."arrival") <= (w."at", w."received_at", w."arrival")
           AND CASE WHEN w."via" IS NULL OR (w."via_at", w."via") <= (w."at", w."arrival")
                    THEN a."via" IS NULL OR (a."via_at", a."via") <= (w."at", w."arrival") ELSE a."of_id" = w."of_id" END
         ORDER BY a."at" DESC, a."received_at" DESC, a."arrival" DESC LIMIT 1) a
     WHERE w."type" = 'contact' AND w."trait" = 'suppression_bounced' AND w."value" <> 'null' AND jsonb_typeof(a."value") = 'string'
  ) e
 WHERE b."type" = 'contact' AND b."trait" = 'suppression_bounced' AND b."id" = e."id" AND b."at" = e."at"
   AND b."received_at" = e."received_at" AND b."arrival" = e."arrival" AND e.address <> '';

DELETE FROM "trait_writes" WHERE "type" = 'contact' AND "trait" = 'suppression_bounced' AND "value" = 'true';

UPDATE "contacts" c SET "traits" = (c."traits" - 'suppression_bounced') || coalesce((
    SELECT jsonb_build_object('suppression_bounced', w."value") FROM "trait_writes" w
     WHERE w."type" = 'contact' AND w."id" = c."id" AND w."trait" = 'suppression_bounced' AND w."value" <> 'null'
     ORDER BY w."at" DESC, w."received_at" DESC, w."arrival" DESC LIMIT 1), '{}')
 WHERE c."traits" ? 'suppression_bounced';

-- ── By hand: what Prisma's schema cannot say. ──────────────────────────────────────────────────────────────────────

-- Addresses that mails came back from, whoever has them by now.
CREATE INDEX "trait_writes_bounced_address" ON "trait_writes" (("value" #>> '{}'))
  WHERE "type" = 'contact' AND "trait" = 'suppression_bounced';
