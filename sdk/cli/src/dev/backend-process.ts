// Stands between `chung dev` and the project's backend: when `chung dev` is gone, however it went, the backend goes too. npm starts a shell
// that starts the program, and none of them would notice.
import { spawn } from 'node:child_process';

const STOP_WITHIN_MS = 5_000;

const [script = ''] = process.argv.slice(2);
const isWindows = process.platform === 'win32';
const child = spawn('npm', ['run', '--silent', script], {
  detached: !isWindows,
  shell: isWindows,
  stdio: ['ignore', 'inherit', 'inherit'],
});

/** The whole group, where there are groups. */
function signal(name: NodeJS.Signals): void {
  try {
    if (isWindows) child.kill(name);
    else if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // It has ended by itself.
  }
}

function stop(): void {
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), STOP_WITHIN_MS);
}

child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
process.once('disconnect', stop);
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
