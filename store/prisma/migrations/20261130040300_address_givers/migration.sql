-- CreateTable
CREATE TABLE "address_givers" (
    "contact_id" TEXT NOT NULL,
    "trait" TEXT NOT NULL,
    "given_by" TEXT NOT NULL,

    CONSTRAINT "address_givers_pkey" PRIMARY KEY ("contact_id","trait")
);
