-- CreateIndex
CREATE INDEX "effects_done_at_at_idx" ON "effects"("done_at", "at");

-- CreateIndex
CREATE INDEX "outcomes_at_idx" ON "outcomes"("at");
