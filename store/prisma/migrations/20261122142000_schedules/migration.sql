-- CreateTable
CREATE TABLE "schedules" (
    "playbook" TEXT NOT NULL,
    "arm" INTEGER NOT NULL,
    "zone" TEXT NOT NULL,
    "trigger_hash" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "cursor" TEXT,

    CONSTRAINT "schedules_pkey" PRIMARY KEY ("playbook","arm","zone")
);

-- CreateIndex
CREATE INDEX "schedules_next_at_idx" ON "schedules"("next_at");

-- ── By hand: what Prisma's schema cannot say. Keep this part when the file above is made anew. ──────────────────────

-- Copies that the database keeps itself; no zone's name is longer, and an index cannot take any length.
ALTER TABLE "contacts" ADD COLUMN "time_zone" TEXT GENERATED ALWAYS AS (left("traits"->>'time_zone', 65)) STORED;
ALTER TABLE "accounts" ADD COLUMN "time_zone" TEXT GENERATED ALWAYS AS (left("traits"->>'time_zone', 65)) STORED;
ALTER TABLE "deals" ADD COLUMN "time_zone" TEXT GENERATED ALWAYS AS (left("traits"->>'time_zone', 65)) STORED;
ALTER TABLE "tickets" ADD COLUMN "time_zone" TEXT GENERATED ALWAYS AS (left("traits"->>'time_zone', 65)) STORED;

-- CreateIndex
CREATE INDEX "contacts_time_zone_id_idx" ON "contacts"("time_zone", "id");

-- CreateIndex
CREATE INDEX "accounts_time_zone_id_idx" ON "accounts"("time_zone", "id");

-- CreateIndex
CREATE INDEX "deals_time_zone_id_idx" ON "deals"("time_zone", "id");

-- CreateIndex
CREATE INDEX "tickets_time_zone_id_idx" ON "tickets"("time_zone", "id");
