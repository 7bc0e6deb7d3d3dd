-- Sends that failed for good, counted as what else is: one that waits for its provider has a claim, and is tried again.
CREATE FUNCTION cuebook_count_failed_send() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, count)
  SELECT 'sends_failed', playbook, 1 FROM enrolments WHERE id = NEW.enrolment_id;
  RETURN NULL;
END $$;
CREATE TRIGGER failed_sends_inserted_counted AFTER INSERT ON effects FOR EACH ROW
  WHEN (NEW.status = 'failed' AND NEW.claim IS NULL) EXECUTE FUNCTION cuebook_count_failed_send();
CREATE TRIGGER failed_sends_updated_counted AFTER UPDATE ON effects FOR EACH ROW
  WHEN (NEW.status = 'failed' AND NEW.claim IS NULL AND NOT (OLD.status = 'failed' AND OLD.claim IS NULL))
  EXECUTE FUNCTION cuebook_count_failed_send();

-- Stores that have run already.
INSERT INTO counters (kind, playbook, name, count)
SELECT 'sends_failed', n.playbook, '', count(*) FROM effects e JOIN enrolments n ON n.id = e.enrolment_id
 WHERE e.status = 'failed' AND e.claim IS NULL GROUP BY n.playbook;
