import { spawn } from 'node:child_process';
import { CliError, type Terminal } from './command.ts';

const TICK_MS = 2_000;
/** Of what npm says, the end is kept: there it says why. */
const KEPT_CHARACTERS = 8_000;
/** How npm calls a registry that it does not reach. */
const NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|SOCKET_TIMEOUT|FETCH_ERROR/;

/** Runs `npm install` in a new project; a dot every two seconds says that it goes on. */
export async function installPackages(folder: string, terminal: Terminal): Promise<void> {
  const { error: tell, language } = terminal;
  const began = performance.now();
  tell({ vi: 'Đang cài các gói (npm install) ', en: 'Installing packages (npm install) ' }[language]);
  const ticking = setInterval(() => tell('.'), TICK_MS);
  const ended = await npmInstall(folder, terminal).finally(() => clearInterval(ticking));
  const seconds = Math.ceil((performance.now() - began) / 1000);
  tell(ended.code === 0 ? ` ${seconds} s\n` : '\n');
  if (ended.code !== 0) throw failure(ended);
}

interface Ended {
  /** Null where npm could not be started, or was ended by a signal. */
  readonly code: number | null;
  readonly said: string;
}

function npmInstall(cwd: string, { env }: Terminal): Promise<Ended> {
  // On Windows npm is a batch file, which only a shell runs; nothing of what it is given comes from outside.
  const child = spawn('npm install --no-audit --no-fund', { cwd, env: { ...env }, shell: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_CHARACTERS);
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, said }));
    child.once('close', (code) => resolve({ code, said }));
  });
}

/** 127: what a shell answers for a program that is not there. */
const NOT_FOUND = 127;

function failure({ code, said }: Ended): CliError {
  const reason = /^npm (?:error|ERR!) code (\S+)/m.exec(said)?.[1] ?? null;
  const isMissing = code === null || code === NOT_FOUND;
  if (isMissing)
    return new CliError({
      text: { vi: 'Máy này không có npm; dự án đã được tạo đầy đủ.', en: 'This machine has no npm; the project itself is there.' },
      next: {
        vi: 'Cài Node kèm npm, rồi chạy npm install trong thư mục đó.',
        en: 'Install Node with npm, then run npm install in that folder.',
      },
      exitCode: 3,
    });
  const because = reason === null ? '' : ` (${reason})`;
  if (reason !== null && NETWORK.test(reason))
    return new CliError({
      text: {
        vi: `npm không kết nối được tới kho gói${because}; dự án đã được tạo đầy đủ.`,
        en: `npm could not reach its registry${because}; the project itself is there.`,
      },
      next: { vi: 'Kiểm tra mạng rồi chạy npm install trong thư mục đó.', en: 'Check the network, then run npm install in that folder.' },
      exitCode: 3,
    });
  return new CliError({
    text: {
      vi: `npm không cài được các gói${because}; dự án đã được tạo đầy đủ.`,
      en: `npm could not install the packages${because}; the project itself is there.`,
    },
    next: { vi: 'Chạy npm install trong thư mục đó để xem npm nói gì.', en: 'Run npm install in that folder to see what npm says.' },
    exitCode: 3,
  });
}
