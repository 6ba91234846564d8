import path from 'node:path';
import { type Config, readConfig } from './config.ts';
import { seedDemo } from './demo/seed.ts';
import { StartupError } from './kernel/startup-error.ts';
import { closeAll, runPlatform } from './run-platform.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function start(): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  const settings = {
    config: readConfig(process.env, process.env['INIT_CWD'] ?? REPOSITORY),
    say,
    prepare: async (running: Pick<Awaited<ReturnType<typeof runPlatform>>, 'platform' | 'config'>) => {
      if (running.config.CHUNG_DEMO) await seedDemo({ ...running, say });
    },
  };
  stopOnSignals(closers);
  try {
    const { config, log } = await runPlatform(settings, closers);
    log.info({ baseUrl: config.baseUrl }, 'started');
    announce(config);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

function announce(config: Config): void {
  say(`
  Chung is running.

  Member app       ${config.baseUrl}/
  Partner portal   ${config.baseUrl}/partner/
  Admin console    ${config.baseUrl}/admin/
  Docs             ${config.baseUrl}/docs/
  API reference    ${config.baseUrl}/docs/api
`);
  if (config.CHUNG_DEMO)
    say(`  Sign in to the demo (more in ${path.join(config.CHUNG_DATA_DIR, 'demo.json')}):
    member   an.hanoi        demo-member-2026
    partner  vnpt-money      demo-partner-2026
    admin    admin           demo-admin-2026

  These passwords are development defaults; production refuses the demo.
`);
  if (config.CHUNG_WEBHOOK_HOSTS.length > 0)
    say(`  Webhooks may reach these hosts without TLS and on private addresses: ${config.CHUNG_WEBHOOK_HOSTS.join(', ')}
  That is for development; production refuses it.
`);
  say('  Press Ctrl-C to stop.');
}

function stopOnSignals(closers: (() => Promise<void>)[]): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    say(`\n  Stopping (${signal}) …`);
    void closeAll(closers).then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

start().catch((error: unknown) => {
  // A reason the operator can act on is one sentence; anything else is our bug and shows its stack.
  process.stderr.write(
    error instanceof StartupError
      ? `\n${error.message}\n`
      : `\nChung could not start: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
