-- CreateIndex
CREATE INDEX "messages_at_id_idx" ON "messages"("at", "id");

-- CreateIndex
CREATE INDEX "messages_status_at_id_idx" ON "messages"("status", "at", "id");

-- CreateIndex
CREATE INDEX "messages_contact_id_at_id_idx" ON "messages"("contact_id", "at", "id");

-- ── By hand: what Prisma cannot say. ───────────────────────────────────────────────────────────────────────────────────

-- What waits for people is little among much that is done.
CREATE INDEX "tasks_open" ON "tasks" ("due_at", "id") WHERE "status" IN ('open', 'accepted');
CREATE INDEX "effects_approvals" ON "effects" ("at", "id") WHERE "kind" = 'approve';

-- Records are found by how their id, address or name begins. Of a very long one its beginning alone is in an index.
CREATE INDEX "contacts_id_begins" ON "contacts" ("left"("id", 200) text_pattern_ops, "id");
CREATE INDEX "contacts_email_begins" ON "contacts" ("left"(lower("email"), 200) text_pattern_ops, "id");
CREATE INDEX "contacts_name_begins" ON "contacts" ("left"(lower("traits" ->> 'name'), 200) text_pattern_ops, "id");
CREATE INDEX "accounts_id_begins" ON "accounts" ("left"("id", 200) text_pattern_ops, "id");
CREATE INDEX "accounts_name_begins" ON "accounts" ("left"(lower("traits" ->> 'name'), 200) text_pattern_ops, "id");
CREATE INDEX "deals_id_begins" ON "deals" ("left"("id", 200) text_pattern_ops, "id");
CREATE INDEX "deals_name_begins" ON "deals" ("left"(lower("traits" ->> 'name'), 200) text_pattern_ops, "id");
CREATE INDEX "tickets_id_begins" ON "tickets" ("left"("id", 200) text_pattern_ops, "id");
CREATE INDEX "tickets_name_begins" ON "tickets" ("left"(lower("traits" ->> 'name'), 200) text_pattern_ops, "id");
