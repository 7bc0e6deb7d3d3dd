-- CreateTable
CREATE TABLE "predictions" (
    "trait" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "predicted" BOOLEAN NOT NULL,
    "came" BOOLEAN,
    "came_event" TEXT,

    CONSTRAINT "predictions_pkey" PRIMARY KEY ("trait","hash","subject_id","made_at")
);

-- CreateIndex
CREATE INDEX "predictions_trait_hash_came_due_at_predicted_idx" ON "predictions"("trait", "hash", "came", "due_at", "predicted");

-- CreateIndex
CREATE INDEX "predictions_trait_hash_made_at_idx" ON "predictions"("trait", "hash", "made_at");
