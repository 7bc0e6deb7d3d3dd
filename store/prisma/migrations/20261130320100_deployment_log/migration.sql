-- CreateTable
CREATE TABLE "deployment_log" (
    "playbook" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "version_hash" TEXT,

    CONSTRAINT "deployment_log_pkey" PRIMARY KEY ("playbook","at")
);

-- ── By hand: what Prisma's schema cannot say. ───────────────────────────────────────────────────────────────────────

-- Of what was deployed before anybody kept a log, each version stands from its first deployment on: which of them came back
-- later is not known, but for the one that is deployed now.
INSERT INTO "deployment_log" ("playbook", "at", "version_hash")
SELECT DISTINCT ON (v."playbook", v."created_at") v."playbook", v."created_at", v."hash"
  FROM "playbook_versions" v
 ORDER BY v."playbook", v."created_at", v."hash";

INSERT INTO "deployment_log" ("playbook", "at", "version_hash")
SELECT d."playbook", cuebook_now(), d."version_hash"
  FROM "deployments" d
 WHERE d."version_hash" IS DISTINCT FROM (SELECT l."version_hash" FROM "deployment_log" l
                                           WHERE l."playbook" = d."playbook" ORDER BY l."at" DESC LIMIT 1)
ON CONFLICT DO NOTHING;
