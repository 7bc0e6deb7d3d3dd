-- AlterTable
ALTER TABLE "deployments" ADD COLUMN     "before_deploy" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "closed_keys" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "events" ADD COLUMN     "undone_by" TEXT;

-- AlterTable
ALTER TABLE "firings" ADD COLUMN     "at_deploy" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "enters_at" TIMESTAMPTZ(3),
ADD COLUMN     "stands_at" TIMESTAMPTZ(3),
ADD COLUMN     "stands_for" TEXT,
ADD COLUMN     "waits_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "subjects" ADD COLUMN     "checkpointed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "consumed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "rebuilt" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "trigger_states" ADD COLUMN     "opened_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "checkpoints" (
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "phase" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "arrival" BIGINT NOT NULL,
    "consumed" INTEGER NOT NULL,
    "slots" JSONB NOT NULL,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("subject_type","subject_id","at","phase","received_at","arrival")
);

-- CreateTable
CREATE TABLE "rebuilds" (
    "number" SERIAL NOT NULL,
    "playbooks" TEXT[],
    "owners" TEXT[],
    "gone" TEXT[],
    "enrol_existing" BOOLEAN NOT NULL DEFAULT false,
    "cursor_type" TEXT NOT NULL DEFAULT '',
    "cursor_id" TEXT NOT NULL DEFAULT '',
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "rebuilds_pkey" PRIMARY KEY ("number")
);

-- ── By hand: what Prisma's schema cannot say. Keep this part when the file above is made anew. ──────────────────────

-- Of firings before a deployment the latest are kept as decisions (T18).
CREATE INDEX "decisions_before_deploy" ON "decisions" ("playbook", "at") WHERE "verdict" = 'before_deploy';

-- Subjects that were evaluated before these counts were kept have as many events behind them as their timelines say.
UPDATE "subjects" s SET "consumed" = t.n
  FROM (SELECT "subject_type", "subject_id", count(*)::int AS n FROM "timeline" GROUP BY 1, 2) t
 WHERE t."subject_type" = s."type" AND t."subject_id" = s."id";
