-- AlterTable
ALTER TABLE "pending_events" ADD COLUMN     "put_back_at" TIMESTAMPTZ(3);
