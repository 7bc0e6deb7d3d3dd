-- AlterTable
ALTER TABLE "tasks" ADD COLUMN "snoozed_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "task_comments" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "by_user" TEXT,
    "by_name" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "task_comments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "task_comments_task_id_at_id_idx" ON "task_comments"("task_id", "at", "id");

-- CreateTable
CREATE TABLE "write_keys" (
    "id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "write_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "write_keys_hash_key" ON "write_keys"("hash");

-- CreateIndex
CREATE INDEX "audit_log_at_idx" ON "audit_log"("at");

-- CreateIndex
CREATE INDEX "audit_log_action_id_idx" ON "audit_log"("action", "id");

-- ── By hand: what Prisma cannot say. ───────────────────────────────────────────────────────────────────────────────────

-- Tickets whose promises fall due are few among the subjects that wait for a deadline.
CREATE INDEX "deadlines_of_tickets" ON "deadlines" ("due_at", "subject_id") WHERE "subject_type" = 'ticket';
