import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// How the platform itself runs: workspaces are taken from their sources. Nothing more may stand in `externalConditions`:
// vitest hands them to Node, and with `import` among them a CommonJS `require` gets ES modules it cannot use.
const resolution = {
  resolve: { conditions: ['chung-source', ...defaultServerConditions] },
  ssr: { resolve: { conditions: ['chung-source', ...defaultServerConditions], externalConditions: ['chung-source'] } },
};

interface Suite {
  name: string;
  include: string[];
  /** A document to render in; the suites of the server have none. */
  document?: boolean;
  /** Where two files at once would disturb each other (ports, one browser) or the machine. */
  sequential?: boolean;
  timeoutSeconds?: number;
}

const withDocument = { environment: 'happy-dom', setupFiles: ['platform/web/ui/testing/setup.ts'] };

function suite({ name, include, document = false, sequential = false, timeoutSeconds = 20 }: Suite) {
  return {
    extends: true as const,
    ...resolution,
    test: {
      ...(document ? withDocument : {}),
      name,
      include,
      fileParallelism: !sequential,
      testTimeout: timeoutSeconds * 1000,
      hookTimeout: Math.max(timeoutSeconds, 60) * 1000,
    },
  };
}

export default defineConfig({
  ...resolution,
  test: {
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--conditions=chung-source'],
    globalSetup: ['test/harness/database-setup.ts'],
    projects: [
      suite({
        name: 'unit',
        include: [
          'platform/server/src/**/*.test.ts',
          'platform/setup/**/*.test.ts',
          'docs/site/**/*.test.ts',
          'sdk/**/src/**/*.test.ts',
          'platform/web/**/src/**/*.test.ts',
          'test/harness/**/*.test.ts',
          'test/bench/**/*.test.ts',
        ],
      }),
      suite({ name: 'web', include: ['platform/web/**/src/**/*.test.tsx'], document: true }),
      suite({ name: 'http', include: ['test/http/**/*.test.ts'], timeoutSeconds: 30 }),
      suite({ name: 'architecture', include: ['test/architecture/**/*.test.ts'], timeoutSeconds: 60 }),
      suite({ name: 'packages', include: ['test/packages/**/*.test.ts'], sequential: true, timeoutSeconds: 60 }),
      suite({ name: 'regression', include: ['test/regression/**/*.test.ts'], timeoutSeconds: 60 }),
      suite({ name: 'proof', include: ['test/proof/**/*.test.ts'], timeoutSeconds: 120 }),
      suite({ name: 'journeys', include: ['test/journeys/**/*.test.ts'], sequential: true, timeoutSeconds: 180 }),
    ],
  },
});
