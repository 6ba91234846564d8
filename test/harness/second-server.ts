// Another server on the same database and with the same keys, as behind a balancer.
import { createServer } from 'node:http';
import pino from 'pino';
import { composePlatform, type Platform } from '../../platform/server/src/compose.ts';
import { loadKeys } from '../../platform/server/src/secrets.ts';
import type { TestPlatform } from './platform.ts';

export interface SecondServer {
  readonly origin: string;
  readonly platform: Platform;
  close(): Promise<void>;
}

export async function startSecondServer({ config }: TestPlatform, serverUrl: string): Promise<SecondServer> {
  const keys = await loadKeys(config);
  const log = pino({ level: 'silent' });
  const platform = await composePlatform({ config, keys, serverUrl, webDirectory: '/nowhere', log, selfOrigin: () => config.baseUrl });
  const server = createServer(platform.app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    platform,
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await platform.close();
    },
  };
}
