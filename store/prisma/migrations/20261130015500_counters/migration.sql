-- CreateTable
CREATE TABLE "counters" (
    "kind" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "count" BIGINT NOT NULL,

    CONSTRAINT "counters_pkey" PRIMARY KEY ("kind","playbook","name")
);

-- CreateTable
CREATE TABLE "counter_increments" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "count" BIGINT NOT NULL,

    CONSTRAINT "counter_increments_pkey" PRIMARY KEY ("id")
);

-- ── By hand: what Prisma's schema cannot say. Keep this part when the file above is made anew. ──────────────────────

-- Counted by the database, in the transaction of what is counted: a new writer cannot forget it. One row a statement and
-- playbook where many are written at once; a row each where there are few.

-- The rows of an insert, by playbook; the trigger's argument is the kind.
CREATE FUNCTION cuebook_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, count)
  SELECT TG_ARGV[0], playbook, count(*) FROM inserted WHERE playbook IS NOT NULL GROUP BY playbook;
  RETURN NULL;
END $$;

-- One row, whose playbook is its own; the trigger's argument is the kind.
CREATE FUNCTION cuebook_count_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, count) VALUES (TG_ARGV[0], NEW.playbook, 1);
  RETURN NULL;
END $$;

CREATE TRIGGER firings_counted AFTER INSERT ON firings
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION cuebook_count_inserted('firings');
CREATE TRIGGER firings_undone_counted AFTER UPDATE OF undone_by ON firings FOR EACH ROW
  WHEN (OLD.undone_by IS NULL AND NEW.undone_by IS NOT NULL) EXECUTE FUNCTION cuebook_count_row('firings_undone');
-- Undone, and given again by a later event: it counts as another one, so that made less undone are those that hold.
CREATE TRIGGER firings_given_again_counted AFTER UPDATE OF undone_by ON firings FOR EACH ROW
  WHEN (OLD.undone_by IS NOT NULL AND NEW.undone_by IS NULL) EXECUTE FUNCTION cuebook_count_row('firings');

CREATE TRIGGER enrolments_counted AFTER INSERT ON enrolments
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION cuebook_count_inserted('enrolments');
CREATE TRIGGER tasks_counted AFTER INSERT ON tasks
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION cuebook_count_inserted('tasks');

CREATE FUNCTION cuebook_count_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, name, count)
  SELECT 'outcomes', playbook, name, count(*) FROM inserted GROUP BY playbook, name;
  RETURN NULL;
END $$;
CREATE TRIGGER outcomes_counted AFTER INSERT ON outcomes
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION cuebook_count_outcomes();

-- A mail counts when it has been handed over: mostly claimed before, in a transaction of its own.
CREATE FUNCTION cuebook_count_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO counter_increments (kind, playbook, count)
    SELECT 'mails', playbook, count(*) FROM written WHERE status = 'sent' AND channel = 'email' GROUP BY playbook;
  ELSE
    INSERT INTO counter_increments (kind, playbook, count)
    SELECT 'mails', w.playbook, count(*) FROM written w JOIN replaced r ON r.id = w.id
     WHERE w.status = 'sent' AND w.channel = 'email' AND r.status <> 'sent' GROUP BY w.playbook;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER messages_inserted_counted AFTER INSERT ON messages
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION cuebook_count_sent();
CREATE TRIGGER messages_updated_counted AFTER UPDATE ON messages
  REFERENCING NEW TABLE AS written OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION cuebook_count_sent();

CREATE FUNCTION cuebook_count_escalation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, count)
  SELECT 'escalations', playbook, 1 FROM enrolments WHERE id = NEW.enrolment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER effects_inserted_counted AFTER INSERT ON effects FOR EACH ROW
  WHEN (NEW.kind = 'escalate' AND NEW.status = 'done') EXECUTE FUNCTION cuebook_count_escalation();
CREATE TRIGGER effects_updated_counted AFTER UPDATE ON effects FOR EACH ROW
  WHEN (NEW.kind = 'escalate' AND NEW.status = 'done' AND OLD.status <> 'done')
  EXECUTE FUNCTION cuebook_count_escalation();

-- `deployments` counts closed keys as long as the playbook is deployed; this goes on when it is deployed again.
CREATE FUNCTION cuebook_count_closed_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, count)
  VALUES ('closed_keys', NEW.playbook, NEW.closed_keys - OLD.closed_keys);
  RETURN NULL;
END $$;
CREATE TRIGGER closed_keys_counted AFTER UPDATE OF closed_keys ON deployments FOR EACH ROW
  WHEN (NEW.closed_keys > OLD.closed_keys) EXECUTE FUNCTION cuebook_count_closed_keys();

-- Stores that have run already. The triggers above keep writers away until this is committed.
INSERT INTO counters (kind, playbook, name, count)
SELECT 'firings', playbook, '', count(*) FROM firings GROUP BY playbook
UNION ALL SELECT 'firings_undone', playbook, '', count(*) FROM firings WHERE undone_by IS NOT NULL GROUP BY playbook
UNION ALL SELECT 'enrolments', playbook, '', count(*) FROM enrolments GROUP BY playbook
UNION ALL SELECT 'mails', playbook, '', count(*) FROM messages WHERE status = 'sent' AND channel = 'email' GROUP BY playbook
UNION ALL SELECT 'tasks', playbook, '', count(*) FROM tasks WHERE playbook IS NOT NULL GROUP BY playbook
UNION ALL SELECT 'escalations', n.playbook, '', count(*) FROM effects e JOIN enrolments n ON n.id = e.enrolment_id
  WHERE e.kind = 'escalate' AND e.status = 'done' GROUP BY n.playbook
UNION ALL SELECT 'outcomes', playbook, name, count(*) FROM outcomes GROUP BY playbook, name
UNION ALL SELECT 'closed_keys', playbook, '', closed_keys FROM deployments WHERE closed_keys > 0;

-- Few are unknown, and each scrape of `/metrics` counts them.
CREATE INDEX "messages_unknown" ON "messages" ("id") WHERE "status" = 'unknown';

-- Rows stay for seconds: cleaned by their number, not by a share of a size that the table had once.
ALTER TABLE "counter_increments" SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0);
