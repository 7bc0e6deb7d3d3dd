-- CreateTable
CREATE TABLE "conversions" (
    "enrolment_id" TEXT NOT NULL,
    "version_hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event" TEXT,
    "cohort_id" TEXT,

    CONSTRAINT "conversions_pkey" PRIMARY KEY ("enrolment_id")
);

-- CreateIndex
CREATE INDEX "conversions_cohort_id_idx" ON "conversions"("cohort_id");

-- ── By hand: those that wait for the dispatcher are few among many. ────────────────────────────────────────────────────

CREATE INDEX conversions_pending ON conversions (version_hash, at) WHERE cohort_id IS NULL;
