-- AlterTable
ALTER TABLE "firings" ADD COLUMN     "fired_as" TEXT;
