-- By hand: endings and conversions are counted apart from what `record` steps write, so that sums add up: entered is what
-- is under way and what has ended, by reason. An ending is the outcome of the path `finish`; a goal that is met after it,
-- or under `then: continue`, has the path `goal`.
CREATE OR REPLACE FUNCTION cuebook_count_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, name, count)
  SELECT 'outcomes', playbook, name, count(*) FROM inserted GROUP BY playbook, name
  UNION ALL SELECT 'endings', playbook, name, count(*) FROM inserted WHERE path = 'finish' GROUP BY playbook, name
  UNION ALL SELECT 'conversions', playbook, '', count(*) FROM inserted
   WHERE name = 'converted' AND path IN ('goal', 'finish') GROUP BY playbook;
  RETURN NULL;
END $$;

-- Stores that have run already: writers are kept away until this is committed.
LOCK TABLE outcomes IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO counters (kind, playbook, name, count)
SELECT 'endings', playbook, name, count(*) FROM outcomes WHERE path = 'finish' GROUP BY playbook, name
UNION ALL SELECT 'conversions', playbook, '', count(*) FROM outcomes
  WHERE name = 'converted' AND path IN ('goal', 'finish') GROUP BY playbook;
