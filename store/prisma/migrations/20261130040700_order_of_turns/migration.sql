-- Whose turn it is goes by whom it came to longest ago: turns given before count as one, older than all that follow (S16).
-- AlterTable
ALTER TABLE "turns" ADD COLUMN     "turn" BIGINT NOT NULL DEFAULT 0;
