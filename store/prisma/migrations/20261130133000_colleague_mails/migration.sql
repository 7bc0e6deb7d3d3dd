-- CreateTable
CREATE TABLE "colleague_mails" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "playbook" TEXT,
    "recipient" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "reason" TEXT,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "wait" JSONB,
    "provider_id" TEXT,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "colleague_mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "colleague_mail_lines" (
    "mail_id" TEXT NOT NULL,
    "effect_id" TEXT NOT NULL,
    "text" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "colleague_mail_lines_pkey" PRIMARY KEY ("mail_id","effect_id")
);

-- CreateIndex
CREATE INDEX "colleague_mails_status_next_at_idx" ON "colleague_mails"("status", "next_at");

-- ── By hand: those that failed for good are counted as other sends that failed. ────────────────────────────────────────

CREATE FUNCTION cuebook_count_failed_colleague_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO counter_increments (kind, playbook, count)
  SELECT DISTINCT 'sends_failed', n.playbook, 1 FROM colleague_mail_lines l
    JOIN effects e ON e.id = l.effect_id JOIN enrolments n ON n.id = e.enrolment_id WHERE l.mail_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER failed_colleague_mails_counted AFTER UPDATE ON colleague_mails FOR EACH ROW
  WHEN (NEW.status = 'failed' AND OLD.status <> 'failed') EXECUTE FUNCTION cuebook_count_failed_colleague_mail();
