-- ── By hand: what Prisma cannot say. ───────────────────────────────────────────────────────────────────────────────────

-- Tickets whose promises fall due are few among the subjects that wait for a deadline.
CREATE INDEX "deadlines_of_tickets" ON "deadlines" ("due_at", "subject_id") WHERE "subject_type" = 'ticket';
