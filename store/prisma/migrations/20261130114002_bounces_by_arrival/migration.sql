-- ── By hand: what Prisma's schema cannot say. ──────────────────────────────────────────────────────────────────────

-- The same bounce on the records of all whom it came to by merges (P3, E6).
CREATE INDEX "trait_writes_bounced_arrival" ON "trait_writes" ("arrival")
  WHERE "type" = 'contact' AND "trait" = 'suppression_bounced';
