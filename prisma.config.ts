import { defineConfig } from 'prisma/config';

// No database URL here: Prisma only generates the client. Migrations are plain SQL in platform/server/migrations.
export default defineConfig({ schema: 'platform/server/src' });
