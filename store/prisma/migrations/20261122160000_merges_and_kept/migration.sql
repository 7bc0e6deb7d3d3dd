-- ── By hand: what Prisma's schema cannot say. ───────────────────────────────────────────────────────────────────────

-- Every round asks which kept firings are to be decided now: those of visitors, which may stay for ever, are not among them.
CREATE INDEX "firings_released" ON "firings" ("at") WHERE "status" = 'kept' AND "reason" IS NULL;
CREATE INDEX "firings_audience_waits" ON "firings" ("waits_until") WHERE "status" = 'kept' AND "reason" = 'audience';

-- The arms of a contact follow it when it is merged.
CREATE INDEX "assignments_contact" ON "assignments" ("subject_id") WHERE "subject_type" = 'contact';

-- How far back anything stands that was never consumed.
CREATE INDEX "pending_events_set_aside" ON "pending_events" ("at") WHERE "set_aside_at" IS NOT NULL;
