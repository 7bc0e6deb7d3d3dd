-- ── By hand: what Prisma's schema cannot say. ───────────────────────────────────────────────────────────────────────

-- A firing that is decided later is deferred (N1); `kept` was the same. The index finds the few of them among all
-- firings; decisions are read once. Only rows that change are written.
UPDATE "firings" SET "status" = 'deferred' WHERE "status" = 'kept';
UPDATE "decisions" SET "verdict" = 'deferred' WHERE "verdict" = 'kept' AND "kind" = 'entry';

DROP INDEX "firings_kept", "firings_released", "firings_audience_waits";
CREATE INDEX "firings_deferred" ON "firings" ("subject_type", "subject_id", "playbook", "key") WHERE "status" = 'deferred';
CREATE INDEX "firings_released" ON "firings" ("at") WHERE "status" = 'deferred' AND "reason" IS NULL;
CREATE INDEX "firings_audience_waits" ON "firings" ("waits_until") WHERE "status" = 'deferred' AND "reason" = 'audience';

-- Processes of the version before may still run while this one starts: what they defer is not lost.
CREATE FUNCTION cuebook_defer_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.status := 'deferred';
  RETURN NEW;
END $$;
CREATE TRIGGER firings_kept_deferred BEFORE INSERT OR UPDATE OF status ON firings FOR EACH ROW
  WHEN (NEW.status = 'kept') EXECUTE FUNCTION cuebook_defer_kept();
