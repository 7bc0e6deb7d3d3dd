-- ── By hand: what Prisma's schema cannot say. ───────────────────────────────────────────────────────────────────────

-- Under what contacts are found that may be one person (W3). It takes in too many rather than too few: which count is said
-- by the traits themselves. Bounded in length, as entries of an index are. Of an address only what ASCII prints is kept, in
-- small letters, with the two letters that become ASCII when they are made small; of a number its digits.
CREATE FUNCTION cuebook_likeness(trait text, value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(CASE trait
        WHEN 'phone' THEN regexp_replace(regexp_replace(value, '[^0-9]', '', 'g'), '^00', '')
        ELSE regexp_replace(translate(value, E'ABCDEFGHIJKLMNOPQRSTUVWXYZ\u212A\u0130', 'abcdefghijklmnopqrstuvwxyzki'),
                            '[^!-~]', '', 'g')
        END, 200);

CREATE INDEX "trait_writes_likeness" ON "trait_writes" ("trait", cuebook_likeness("trait", "value" #>> '{}'))
    WHERE "type" = 'contact' AND "trait" IN ('email', 'phone');

-- Which records a colleague has ever owned: lists as they stood at a place of the past are read through it.
CREATE INDEX "trait_writes_owners" ON "trait_writes" ("trait", left("value" #>> '{}', 200), "type")
    WHERE "trait" IN ('owner', 'assignee');
