// The way of command-line tools to the database: the one of a running server, or the settings', or the embedded one.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { type OpenDatabase, openDatabase } from '../database.ts';

const Runtime = z.looseObject({ serverUrl: z.string(), pid: z.int() });

/** The embedded database of a server that runs right now, told by the file that the server keeps while it runs. */
async function runningServerUrl(config: Config): Promise<string | null> {
  const text = await readFile(path.join(config.dataDirectory, 'runtime.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { serverUrl, pid } = Runtime.parse(JSON.parse(text));
    // A server that was killed leaves the file; then the database is opened as if there were no server.
    process.kill(pid, 0);
    return serverUrl;
  } catch {
    return null;
  }
}

/** Uses the database of a running server, or else `DATABASE_URL`, or else starts the embedded one for the time of the command. */
export async function openDatabaseOfTools(
  config: Config,
  options: { serverPassword: string; say: (line: string) => void },
): Promise<Omit<OpenDatabase, 'ownerUrl'>> {
  const running = config.DATABASE_URL ? null : await runningServerUrl(config);
  return running ? { serverUrl: running, close: async () => {} } : openDatabase(config, options);
}
