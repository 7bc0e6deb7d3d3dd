-- CreateTable
CREATE TABLE "drafts" (
    "playbook" TEXT NOT NULL,
    "files" JSONB NOT NULL,
    "revision" INTEGER NOT NULL,
    "by_user" TEXT,
    "by_name" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "deployed" JSONB,
    "deployed_by" TEXT,
    "deployed_at" TIMESTAMPTZ(3),

    CONSTRAINT "drafts_pkey" PRIMARY KEY ("playbook")
);
