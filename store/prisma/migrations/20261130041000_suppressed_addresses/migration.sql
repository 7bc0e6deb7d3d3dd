-- ── By hand: what Prisma's schema cannot say. ──────────────────────────────────────────────────────────────────────

-- Contacts of whom something is known that stops mails, by their address (P3): few, whatever the number of contacts.
CREATE INDEX "contacts_suppressed_address" ON "contacts" (lower(btrim("traits"->>'email')))
  WHERE "traits" ?| ARRAY['suppression', 'suppression_bounced', 'suppression_complained'];
