-- What people answer to tasks (S6): when each was last accepted, done and opened again, in whatever order that comes in.
-- AlterTable
ALTER TABLE "tasks" ADD COLUMN     "accepted_at" TIMESTAMPTZ(3),
ADD COLUMN     "done_at" TIMESTAMPTZ(3),
ADD COLUMN     "reopened_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "tasks_enrolment_id_idx" ON "tasks"("enrolment_id");
