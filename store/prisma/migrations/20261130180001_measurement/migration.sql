-- CreateIndex
CREATE INDEX "enrolments_playbook_started_at_idx" ON "enrolments"("playbook", "started_at");

-- ── By hand: conversions are few among outcomes. ─────────────────────────────────────────────────────────────────────

CREATE INDEX "outcomes_conversions" ON "outcomes" ("playbook", "at") WHERE name = 'converted' AND path IN ('goal', 'finish');
