import { defineConfig } from 'prisma/config';

/** What the Prisma command line needs to know. Cuebook itself applies migrations by store/migrate/migrate.ts. */
export default defineConfig({
  schema: 'store/prisma/schema.prisma',
  migrations: { path: 'store/prisma/migrations' },
  ...(process.env.DATABASE_URL === undefined ? {} : { datasource: { url: process.env.DATABASE_URL } }),
});
