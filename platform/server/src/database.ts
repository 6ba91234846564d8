import type { Config } from './config.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './kernel/migrate.ts';

export interface OpenDatabase {
  /** Connects as the role that owns nothing. */
  readonly serverUrl: string;
  /** Connects as the owner; the server itself never does. */
  readonly ownerUrl: string;
  close(): Promise<void>;
}

/** The operator's PostgreSQL or the embedded one, brought to the schema of this code. */
export async function openDatabase(
  config: Config,
  options: { serverPassword: string; say: (line: string) => void },
): Promise<OpenDatabase> {
  const { serverPassword, say } = options;
  const log = (message: string) => say(`  ${message}`);
  if (config.DATABASE_URL) {
    const { serverUrl } = await migrate({ ownerUrl: config.DATABASE_URL, serverPassword, log });
    return { serverUrl, ownerUrl: config.DATABASE_URL, close: async () => {} };
  }
  const embedded = await startEmbeddedPostgres({ dataDirectory: config.dataDirectory, logger: { info: log, warn: log } });
  try {
    const { serverUrl } = await migrate({ ownerUrl: embedded.ownerUrl, serverPassword, log });
    return { serverUrl, ownerUrl: embedded.ownerUrl, close: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}
