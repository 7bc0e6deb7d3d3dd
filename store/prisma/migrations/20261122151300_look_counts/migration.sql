-- CreateTable
CREATE TABLE "look_counts" (
    "kind" TEXT NOT NULL,
    "of" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "count" BIGINT NOT NULL,

    CONSTRAINT "look_counts_pkey" PRIMARY KEY ("kind","of","name")
);
