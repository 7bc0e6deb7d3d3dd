-- CreateTable
CREATE TABLE "playbook_statuses" (
    "playbook" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_by" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "playbook_statuses_pkey" PRIMARY KEY ("playbook")
);

-- CreateTable
CREATE TABLE "playbook_status_changes" (
    "id" BIGSERIAL NOT NULL,
    "playbook" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "was" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_by" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "playbook_status_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "halted_effects" (
    "enrolment_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "iteration" TEXT NOT NULL,
    "playbook" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "halted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "halted_effects_pkey" PRIMARY KEY ("enrolment_id","path","iteration")
);

-- CreateIndex
CREATE INDEX "playbook_status_changes_playbook_id_idx" ON "playbook_status_changes"("playbook", "id");

-- CreateIndex
CREATE INDEX "halted_effects_playbook_idx" ON "halted_effects"("playbook");

-- ── By hand: what was said of a deployed playbook is said of the playbook, and outlasts its deployment (N6). ─────────

INSERT INTO "playbook_statuses" ("playbook", "status", "changed_at", "changed_by")
SELECT "playbook", "status", cuebook_now(), 'migration' FROM "deployments" WHERE "status" <> 'active';

INSERT INTO "playbook_status_changes" ("playbook", "status", "was", "changed_at", "changed_by")
SELECT "playbook", "status", 'active', "changed_at", "changed_by" FROM "playbook_statuses";
