-- AlterTable
ALTER TABLE "playbook_versions" ADD COLUMN "origin" JSONB;
