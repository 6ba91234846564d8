import { createServer } from 'node:net';
import type { Manifest, Text } from '@chung/contracts';
import { browserOf, openBrowser } from '../account/open-browser.ts';
import { readProject } from '../dev/project.ts';
import { type DevSession, startDev } from '../dev/session.ts';
import type { BuildLine } from '../dev/state.ts';
import { type Arguments, CliError, type Command, type ExitCode, type Terminal } from './command.ts';
import { folderOf } from './folder.ts';

/** Taken unless they are in use; then any free one is, since nobody asked for these. */
const PORTS = { port: 4200, 'platform-port': 4100 } as const;

export const devCommand: Command = {
  name: 'dev',
  usage: 'chung dev [FOLDER]',
  about: {
    vi: 'Chạy cả nền tảng trên máy này với ứng dụng của bạn; sửa mã là thấy ngay.',
    en: 'Runs the whole platform on this machine with your app on it; a change shows at once.',
  },
  options: [
    {
      name: 'port',
      takes: 'PORT',
      about: { vi: `Cổng của trang; mặc định ${PORTS.port}.`, en: `Port of the page; ${PORTS.port} by default.` },
    },
    {
      name: 'platform-port',
      takes: 'PORT',
      about: {
        vi: `Cổng của nền tảng; mặc định ${PORTS['platform-port']}.`,
        en: `Port of the platform; ${PORTS['platform-port']} by default.`,
      },
    },
    { name: 'open', about: { vi: 'Mở trang trong trình duyệt.', en: 'Opens the page in the browser.' } },
    { name: 'json', about: { vi: 'In mỗi sự việc một dòng JSON.', en: 'Prints what happens as lines of JSON.' } },
  ],
  run: async (given, terminal) => {
    const root = folderOf(given, terminal);
    const manifest = manifestOf(root, terminal);
    const ports = { page: await portOf('port', given), platform: await portOf('platform-port', given) };
    const stop = terminal.interruption();
    const tell = tellerOf(given, terminal);
    tell.starting();
    const { language } = terminal;
    const starting = startDev({
      root,
      manifest,
      node: process.versions.node,
      language,
      ports,
      onLine: tell.line,
      onBuild: tell.built,
      onProblems: tell.problems,
    });
    const session = await Promise.race([starting, aborted(stop)]);
    if (session === 'aborted') {
      await starting.then(({ close }) => close()).catch(() => {});
      return 0;
    }
    tell.ready(session);
    const browser = given.flag('open') === 'given' ? browserOf(terminal, process.platform) : null;
    if (browser) openBrowser(browser, session.url);
    return ended(session, { stop, tell });
  },
};

async function ended(session: DevSession, { stop, tell }: { stop: AbortSignal; tell: Teller }): Promise<ExitCode> {
  const how = await Promise.race([session.broken.then(() => 'broken' as const), aborted(stop)]);
  tell.stopping();
  await session.close();
  if (how === 'aborted') return 0;
  throw new CliError({
    text: { vi: 'Nền tảng đã dừng ngoài ý muốn.', en: 'The platform has ended by itself.' },
    next: { vi: 'Xem .chung/dev/server.log rồi chạy lại chung dev.', en: 'See .chung/dev/server.log, then run chung dev again.' },
    exitCode: 3,
  });
}

const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });

function manifestOf(root: string, { language }: Terminal): Manifest {
  const { manifest, problems } = readProject(root);
  if (manifest) return manifest;
  const said = problems.map((problem) => problem[language]).join('\n');
  throw new CliError({
    text: { vi: said, en: said },
    next: { vi: 'Sửa chung.config.ts; chung check nói rõ hơn từng chỗ.', en: 'Mend chung.config.ts; chung check says more of each place.' },
    exitCode: 1,
  });
}

async function portOf(name: keyof typeof PORTS, given: Arguments): Promise<number> {
  const asked = given.value(name);
  if (asked === null) return (await isFree(PORTS[name])) === 'free' ? PORTS[name] : 0;
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CliError({
      text: { vi: `“${asked}” không phải số cổng.`, en: `“${asked}” is no port.` },
      next: { vi: `Ví dụ: --${name} ${PORTS[name]}.`, en: `E.g. --${name} ${PORTS[name]}.` },
      exitCode: 2,
    });
  if (port === 0 || (await isFree(port)) === 'free') return port;
  throw new CliError({
    text: { vi: `Cổng ${port} đang có chương trình khác dùng.`, en: `Port ${port} is taken by another program.` },
    next: { vi: `Chọn cổng khác bằng --${name}, hoặc bỏ tùy chọn này.`, en: `Choose another by --${name}, or leave the option out.` },
    exitCode: 3,
  });
}

function isFree(port: number): Promise<'free' | 'taken'> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve('taken'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve('free')));
  });
}

interface Teller {
  starting(): void;
  line(line: string): void;
  ready(session: DevSession): void;
  built(build: BuildLine): void;
  problems(problems: readonly Text[]): void;
  stopping(): void;
}

/** What the person in front of the terminal reads, or lines of JSON for a program. */
function tellerOf(given: Arguments, terminal: Terminal): Teller {
  const { out, error, language } = terminal;
  if (given.flag('json') === 'given') {
    const event = (kind: string, data: object = {}) => out(`${JSON.stringify({ event: kind, ...data })}\n`);
    return {
      starting: () => event('starting'),
      line: (line) => event('platform', { line }),
      ready: ({ url, state }) => event('ready', { url, urls: state().urls, members: state().members }),
      built: ({ status, milliseconds, problems }) => event('built', { status, milliseconds, problems }),
      problems: (problems) => event('manifest', { problems }),
      stopping: () => event('stopping'),
    };
  }
  const say = (vi: string, en: string) => error(`${{ vi, en }[language]}\n`);
  return {
    starting: () => say('Đang khởi động nền tảng …', 'Starting the platform …'),
    // Of the platform's own start, what takes time.
    line: (line) => (/^\s*(Importing|\d+ %)/.test(line) ? error(`${line}\n`) : undefined),
    ready: ({ url, state }) => out(readyText(url, state())[language]),
    built: ({ status, milliseconds, problems }) => {
      if (status === 'ready') return say(`Dựng xong sau ${milliseconds} ms`, `Built in ${milliseconds} ms`);
      for (const problem of problems) error(`${problem[language]}\n`);
    },
    problems: (problems) => {
      if (problems.length === 0) say('Bản kê khai đã được áp dụng.', 'The manifest is applied.');
      for (const problem of problems) error(`! ${problem[language]}\n`);
    },
    stopping: () => say('Đang dừng …', 'Stopping …'),
  };
}

function readyText(url: string, { urls, partner, admin }: ReturnType<DevSession['state']>): Text {
  return {
    vi: `
  Ứng dụng           ${url}
  Ứng dụng đoàn viên ${urls.platform}/
  Cổng đối tác       ${urls.portal}  (${partner.username} / ${partner.password})
  Trang quản trị     ${urls.admin}  (${admin.username} / ${admin.password})

  Nhấn Ctrl-C để dừng.
`,
    en: `
  Your app       ${url}
  Member app     ${urls.platform}/
  Partner portal ${urls.portal}  (${partner.username} / ${partner.password})
  Admin console  ${urls.admin}  (${admin.username} / ${admin.password})

  Press Ctrl-C to stop.
`,
  };
}
