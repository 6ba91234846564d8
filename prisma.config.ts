import { defineConfig } from 'prisma/config';

// No database URL here: Prisma only generates the client. Migrations are plain SQL in platform/server/migrations.
// biome-ignore lint/style/noDefaultExport: the Prisma CLI reads the default export
export default defineConfig({ schema: 'platform/server/src' });
