-- AlterTable
ALTER TABLE "timeline" ADD COLUMN     "of_id" TEXT,
ADD COLUMN     "via" BIGINT,
ADD COLUMN     "via_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "trait_writes" ADD COLUMN     "of_id" TEXT,
ADD COLUMN     "via" BIGINT,
ADD COLUMN     "via_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "identity_claims" (
    "from_id" TEXT NOT NULL,
    "to_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "arrival" BIGINT NOT NULL,

    CONSTRAINT "identity_claims_pkey" PRIMARY KEY ("from_id","at","received_at","arrival")
);

-- CreateTable
CREATE TABLE "holdout_sides" (
    "playbook" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "ghost" BOOLEAN NOT NULL,
    "mixed" BOOLEAN NOT NULL,

    CONSTRAINT "holdout_sides_pkey" PRIMARY KEY ("playbook","subject_type","subject_id")
);

-- CreateIndex
CREATE INDEX "identity_claims_to_id_idx" ON "identity_claims"("to_id");

-- ── By hand: what Prisma's schema cannot say. Keep this part when the file above is made anew. ──────────────────────

-- Most entries and writes stand where their event names them; those of a merged id are found again by it.
CREATE INDEX "timeline_of_id" ON "timeline" ("of_id") WHERE "of_id" IS NOT NULL;
CREATE INDEX "trait_writes_of_id" ON "trait_writes" ("of_id") WHERE "of_id" IS NOT NULL;
