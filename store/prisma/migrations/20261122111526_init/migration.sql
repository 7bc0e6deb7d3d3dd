-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "mode" TEXT NOT NULL DEFAULT 'real',
    "warp" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "virtual_origin" TIMESTAMPTZ(3) NOT NULL,
    "real_origin" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contacts" (
    "id" TEXT NOT NULL,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "email" TEXT,
    "account_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deals" (
    "id" TEXT NOT NULL,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "contact_id" TEXT,
    "account_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tickets" (
    "id" TEXT NOT NULL,
    "traits" JSONB NOT NULL DEFAULT '{}',
    "contact_id" TEXT,
    "account_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tickets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trait_writes" (
    "type" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "trait" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "arrival" BIGINT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "trait_writes_pkey" PRIMARY KEY ("type","id","trait","at","received_at","arrival")
);

-- CreateTable
CREATE TABLE "events" (
    "arrival" BIGSERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "flagged" BOOLEAN NOT NULL DEFAULT false,
    "contact_id" TEXT,
    "anonymous_id" TEXT,
    "account_id" TEXT,
    "deal_id" TEXT,
    "ticket_id" TEXT,
    "colleague_id" TEXT,
    "workspace_id" TEXT,
    "properties" JSONB NOT NULL DEFAULT '{}',
    "patches" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "events_pkey" PRIMARY KEY ("arrival")
);

-- CreateTable
CREATE TABLE "event_keys" (
    "source" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "arrival" BIGINT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_keys_pkey" PRIMARY KEY ("source","message_id")
);

-- CreateTable
CREATE TABLE "pending_events" (
    "arrival" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "set_aside_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "pending_events_pkey" PRIMARY KEY ("arrival")
);

-- CreateTable
CREATE TABLE "timeline" (
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "arrival" BIGINT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "timeline_pkey" PRIMARY KEY ("subject_type","subject_id","at","received_at","arrival")
);

-- CreateTable
CREATE TABLE "subjects" (
    "type" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "head_at" TIMESTAMPTZ(3),
    "head_round" INTEGER NOT NULL DEFAULT 0,
    "head_phase" TEXT NOT NULL DEFAULT 'events',
    "head_received_at" TIMESTAMPTZ(3),
    "head_arrival" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "subjects_pkey" PRIMARY KEY ("type","id")
);

-- CreateTable
CREATE TABLE "trigger_states" (
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3),

    CONSTRAINT "trigger_states_pkey" PRIMARY KEY ("subject_type","subject_id","owner","key")
);

-- CreateTable
CREATE TABLE "deadlines" (
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deadlines_pkey" PRIMARY KEY ("subject_type","subject_id")
);

-- CreateTable
CREATE TABLE "playbook_versions" (
    "hash" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "git_commit" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "playbook_versions_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "deployments" (
    "playbook" TEXT NOT NULL,
    "version_hash" TEXT NOT NULL,
    "trigger_hash" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "deployed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deployments_pkey" PRIMARY KEY ("playbook")
);

-- CreateTable
CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "firings" (
    "id" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "version_hash" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "arm" INTEGER NOT NULL,
    "evidence" TEXT[],
    "trigger" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "by_time" BOOLEAN NOT NULL,
    "undone_by" TEXT,
    "moved" BOOLEAN NOT NULL DEFAULT false,
    "made_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "firings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cohorts" (
    "id" TEXT NOT NULL,
    "version_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),

    CONSTRAINT "cohorts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrolments" (
    "id" TEXT NOT NULL,
    "firing_id" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "version_hash" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "trigger" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ghost" BOOLEAN NOT NULL DEFAULT false,
    "cohort_id" TEXT,
    "next_at" TIMESTAMPTZ(3),
    "inputs" INTEGER NOT NULL DEFAULT 0,
    "outcome" TEXT,
    "reason" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "goal_event" TEXT,
    "goal_at" TIMESTAMPTZ(3),

    CONSTRAINT "enrolments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "journey_inputs" (
    "enrolment_id" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "iteration" TEXT NOT NULL,
    "arm" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event" TEXT,
    "signalled_at" TIMESTAMPTZ(3),

    CONSTRAINT "journey_inputs_pkey" PRIMARY KEY ("enrolment_id","n")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "enrolment_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "iteration" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("enrolment_id","path","iteration")
);

-- CreateTable
CREATE TABLE "step_answers" (
    "enrolment_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "iteration" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "step_id" TEXT,
    "context" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "step_answers_pkey" PRIMARY KEY ("enrolment_id","path","iteration","command")
);

-- CreateTable
CREATE TABLE "effects" (
    "id" TEXT NOT NULL,
    "enrolment_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "iteration" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "effects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "messages" (
    "id" TEXT NOT NULL,
    "effect_id" TEXT NOT NULL,
    "enrolment_id" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "message_class" TEXT NOT NULL,
    "template" TEXT,
    "contact_id" TEXT,
    "person_id" TEXT,
    "status" TEXT NOT NULL,
    "provider_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tasks" (
    "id" TEXT NOT NULL,
    "enrolment_id" TEXT,
    "effect_id" TEXT,
    "playbook" TEXT,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "assignee" TEXT,
    "priority" TEXT NOT NULL DEFAULT 'normal',
    "checklist" JSONB,
    "due_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outcomes" (
    "id" TEXT NOT NULL,
    "enrolment_id" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "version_hash" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" JSONB,
    "ghost" BOOLEAN NOT NULL DEFAULT false,
    "after_end" BOOLEAN NOT NULL DEFAULT false,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outcomes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assignments" (
    "playbook" TEXT NOT NULL,
    "experiment" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "arm" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "assignments_pkey" PRIMARY KEY ("playbook","experiment","subject_type","subject_id")
);

-- CreateTable
CREATE TABLE "decisions" (
    "id" BIGSERIAL NOT NULL,
    "playbook" TEXT,
    "enrolment_id" TEXT,
    "firing_id" TEXT,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "path" TEXT,
    "kind" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "looked" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "contacts_email_idx" ON "contacts"("email");

-- CreateIndex
CREATE INDEX "contacts_account_id_idx" ON "contacts"("account_id");

-- CreateIndex
CREATE INDEX "deals_contact_id_idx" ON "deals"("contact_id");

-- CreateIndex
CREATE INDEX "deals_account_id_idx" ON "deals"("account_id");

-- CreateIndex
CREATE INDEX "tickets_contact_id_idx" ON "tickets"("contact_id");

-- CreateIndex
CREATE INDEX "tickets_account_id_idx" ON "tickets"("account_id");

-- CreateIndex
CREATE INDEX "event_keys_received_at_idx" ON "event_keys"("received_at");

-- CreateIndex
CREATE INDEX "timeline_subject_type_subject_id_name_at_idx" ON "timeline"("subject_type", "subject_id", "name", "at");

-- CreateIndex
CREATE INDEX "trigger_states_owner_idx" ON "trigger_states"("owner");

-- CreateIndex
CREATE INDEX "deadlines_due_at_idx" ON "deadlines"("due_at");

-- CreateIndex
CREATE INDEX "playbook_versions_playbook_idx" ON "playbook_versions"("playbook");

-- CreateIndex
CREATE INDEX "firings_subject_type_subject_id_playbook_at_idx" ON "firings"("subject_type", "subject_id", "playbook", "at");

-- CreateIndex
CREATE INDEX "firings_playbook_made_at_idx" ON "firings"("playbook", "made_at");

-- CreateIndex
CREATE INDEX "enrolments_playbook_subject_type_subject_id_started_at_idx" ON "enrolments"("playbook", "subject_type", "subject_id", "started_at");

-- CreateIndex
CREATE INDEX "enrolments_subject_type_subject_id_idx" ON "enrolments"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "enrolments_cohort_id_idx" ON "enrolments"("cohort_id");

-- CreateIndex
CREATE INDEX "subscriptions_subject_type_subject_id_idx" ON "subscriptions"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "effects_status_idx" ON "effects"("status");

-- CreateIndex
CREATE UNIQUE INDEX "effects_enrolment_id_path_iteration_key" ON "effects"("enrolment_id", "path", "iteration");

-- CreateIndex
CREATE INDEX "messages_contact_id_message_class_at_idx" ON "messages"("contact_id", "message_class", "at");

-- CreateIndex
CREATE INDEX "messages_playbook_at_idx" ON "messages"("playbook", "at");

-- CreateIndex
CREATE INDEX "tasks_assignee_status_idx" ON "tasks"("assignee", "status");

-- CreateIndex
CREATE INDEX "tasks_subject_type_subject_id_idx" ON "tasks"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "outcomes_playbook_at_idx" ON "outcomes"("playbook", "at");

-- CreateIndex
CREATE INDEX "outcomes_subject_type_subject_id_at_idx" ON "outcomes"("subject_type", "subject_id", "at");

-- CreateIndex
CREATE INDEX "decisions_subject_type_subject_id_at_idx" ON "decisions"("subject_type", "subject_id", "at");

-- CreateIndex
CREATE INDEX "decisions_enrolment_id_idx" ON "decisions"("enrolment_id");

-- ── By hand: what Prisma's schema cannot say. Keep this part when the file above is made anew. ──────────────────────

-- The clock has one row, and is always set.
ALTER TABLE "clock"
  ADD CONSTRAINT "clock_one_row" CHECK ("id" = 1),
  ADD CONSTRAINT "clock_mode" CHECK ("mode" IN ('real', 'warped', 'stepped')),
  ADD CONSTRAINT "clock_warp" CHECK ("warp" > 0);
INSERT INTO "clock" ("virtual_origin", "real_origin") VALUES (date_trunc('milliseconds', clock_timestamp()), clock_timestamp());

-- Now, to the millisecond, as everything in Cuebook sees it. Truncated, never rounded: now must not be ahead of the
-- clock. The elapsed time is added as seconds, because an interval in days would bend at a change of summer time.
CREATE FUNCTION cuebook_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT date_trunc('milliseconds', CASE "mode"
    WHEN 'stepped' THEN "virtual_origin"
    WHEN 'warped' THEN "virtual_origin"
      + make_interval(secs => extract(epoch FROM clock_timestamp() - "real_origin")::float8 * "warp")
    ELSE clock_timestamp()
  END) FROM "clock"
$$;

-- Milliseconds since the epoch, as the code counts instants, and back.
CREATE FUNCTION cuebook_instant(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT to_timestamp(ms / 1000.0::float8)
$$;
CREATE FUNCTION cuebook_ms(instant timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT floor(extract(epoch FROM instant) * 1000)::bigint
$$;

-- Work to do is a small part of each table: the indexes that find it hold nothing else.
CREATE INDEX "pending_events_next" ON "pending_events" ("at", "received_at", "arrival") WHERE "set_aside_at" IS NULL;
CREATE INDEX "firings_kept" ON "firings" ("subject_type", "subject_id", "playbook", "key") WHERE "status" = 'kept';
CREATE INDEX "enrolments_open" ON "enrolments" ("subject_type", "subject_id", "playbook", "key") WHERE "outcome" IS NULL;
CREATE INDEX "enrolments_pending" ON "enrolments" ("version_hash", "started_at", "id")
  WHERE "cohort_id" IS NULL AND "outcome" IS NULL;
CREATE INDEX "cohorts_unstarted" ON "cohorts" ("created_at", "id") WHERE "started_at" IS NULL;
CREATE INDEX "journey_inputs_unsignalled" ON "journey_inputs" ("enrolment_id", "n") WHERE "signalled_at" IS NULL;
-- What holds a place under a frequency cap (P2): a definite failure gives it back, an unknown one keeps it.
CREATE INDEX "messages_reserved" ON "messages" ("contact_id", "message_class", "at")
  WHERE "status" IN ('claimed', 'sent', 'unknown');

-- Rows that are written again and again find room on their own page, so that an update touches no index.
ALTER TABLE "clock" SET (fillfactor = 10);
ALTER TABLE "subjects" SET (fillfactor = 70);
ALTER TABLE "trigger_states" SET (fillfactor = 70);
ALTER TABLE "enrolments" SET (fillfactor = 80);
ALTER TABLE "effects" SET (fillfactor = 80);
ALTER TABLE "contacts" SET (fillfactor = 80);
ALTER TABLE "accounts" SET (fillfactor = 80);
ALTER TABLE "tickets" SET (fillfactor = 80);
ALTER TABLE "deals" SET (fillfactor = 80);
-- State is read and rewritten whole at each event: kept in the row, compressed, as long as it fits a page.
ALTER TABLE "trigger_states" ALTER COLUMN "state" SET STORAGE MAIN;

-- Queues turn over many times an hour. Cleaned by the row, not by a share of a size that they had once, and without pause.
ALTER TABLE "pending_events" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.0,
  autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE "deadlines" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE "subscriptions" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
ALTER TABLE "journey_inputs" SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
ALTER TABLE "trigger_states" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
ALTER TABLE "subjects" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
