-- CreateIndex
CREATE INDEX "tasks_due_at_idx" ON "tasks"("due_at");

-- ── By hand: what clocks have told of promises that were kept or broken, few among all events. ───────────────────────

CREATE INDEX "events_of_promises" ON "events" ("at") WHERE kind = 'own' AND name IN ('sla.stopped', 'sla.breached');
