-- CreateIndex
CREATE INDEX "messages_effect_id_idx" ON "messages"("effect_id");
