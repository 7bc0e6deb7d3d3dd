-- AlterTable
ALTER TABLE "outcomes" ADD COLUMN     "message" TEXT,
ADD COLUMN     "template" TEXT;
