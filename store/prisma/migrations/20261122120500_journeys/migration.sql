-- AlterTable
ALTER TABLE "effects" ADD COLUMN     "began_at" TIMESTAMPTZ(3) NOT NULL,
ADD COLUMN     "claim" JSONB;

-- AlterTable
ALTER TABLE "enrolments" ADD COLUMN     "wrote_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "turns" (
    "playbook" TEXT NOT NULL,
    "person" TEXT NOT NULL,
    "times" INTEGER NOT NULL,

    CONSTRAINT "turns_pkey" PRIMARY KEY ("playbook","person")
);

-- ── By hand: what Prisma's schema cannot say. Keep this part when the file above is made anew. ──────────────────────

-- Messages that stand held, few of many: the first claim at a release decides them all (P2).
CREATE INDEX "messages_held" ON "messages" ("contact_id", "message_class") WHERE "status" = 'held';
