-- What costs much is worked off beside the rest, in transactions of its own: its events wait apart, by the subject.
ALTER TABLE "pending_events" ADD COLUMN "apart" TEXT;

-- ── By hand: what Prisma's schema cannot say. ───────────────────────────────────────────────────────────────────────

CREATE INDEX "pending_events_together" ON "pending_events" ("at", "received_at", "arrival")
  WHERE "set_aside_at" IS NULL AND "apart" IS NULL;
CREATE INDEX "pending_events_apart" ON "pending_events" ("apart", "at", "received_at", "arrival")
  WHERE "set_aside_at" IS NULL AND "apart" IS NOT NULL;
