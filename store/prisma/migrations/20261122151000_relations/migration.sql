-- ── By hand: what Prisma's schema cannot say. ───────────────────────────────────────────────────────────────────────

-- Which records have ever named another one: lists as they stood at a place of the past are read through it.
CREATE INDEX "trait_writes_relations" ON "trait_writes" ("trait", ("value" #>> '{}'), "type")
    WHERE "trait" IN ('contactId', 'accountId');
