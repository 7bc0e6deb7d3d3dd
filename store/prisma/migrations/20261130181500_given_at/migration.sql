-- AlterTable
ALTER TABLE "firings" ADD COLUMN "given_at" TIMESTAMPTZ(3);
