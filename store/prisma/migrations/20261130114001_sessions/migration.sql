-- Browsers that are signed in: signing out ends a session, whoever has its cookie.
-- CreateTable
CREATE TABLE "sessions" (
    "id_hash" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id_hash")
);
