import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Text } from '@chung/contracts';
import type { z } from 'zod';
import { CliError } from '../commands/command.ts';
import { AppliedApp, DevMessage, type DevRequest, type DevStart, Grants, MovedClock } from './protocol.ts';

/** What the platform's own dependencies ask for. */
const LEAST_NODE = [22, 19] as const;
const PACKAGE = '@chung/server';
const START_WITHIN_MS = 180_000;
const LAST_WORDS = 2_000;

type Ready = Extract<DevMessage, { kind: 'ready' }>;
type Ask = DevRequest extends infer One ? (One extends DevRequest ? Omit<One, 'id'> : never) : never;
type Of<Name extends DevRequest['ask']> = Omit<Extract<DevRequest, { ask: Name }>, 'id' | 'ask'>;

/** The platform as a process of its own; it ends when this one does. */
export interface PlatformProcess extends Pick<Ready, 'baseUrl' | 'members' | 'admin'> {
  apply(request: Of<'apply'>): Promise<AppliedApp>;
  grants(request: Of<'grants'>): Promise<z.infer<typeof Grants>>;
  withdraw(request: Of<'withdraw'>): Promise<void>;
  move(request: Of<'move'>): Promise<z.infer<typeof MovedClock>>;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** What the platform refused; both languages. */
export class PlatformRefusal extends Error {
  override readonly name = 'PlatformRefusal';
  readonly text: Text;

  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}

export interface PlatformSettings {
  /** The project, in whose packages the platform is looked for. */
  readonly root: string;
  readonly node: string;
  readonly start: DevStart;
  readonly onLine: (line: string) => void;
}

/** Starts the platform of the installed package. Rejects with a `CliError` that says what is missing (exit code 3). */
export async function startPlatform({ root, node, start, onLine }: PlatformSettings): Promise<PlatformProcess> {
  assertNode(node);
  const child = fork(programIn(root), [JSON.stringify(start)], {
    // From the sources, the platform runs from its sources too.
    execArgv: import.meta.url.endsWith('.ts') ? ['--conditions=chung-source'] : [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const words: string[] = [];
  child.stderr?.on('data', (bytes) => {
    words.push(String(bytes).trimEnd());
    onLine(words.at(-1) ?? '');
  });
  const { ready, ask } = conversation(child, onLine);
  const close = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };
  try {
    const { baseUrl, members, admin } = await Promise.race([ready, diedEarly(ended, words), tooLate()]);
    return {
      ...{ baseUrl, members, admin, ended, close },
      apply: async (request) => AppliedApp.parse(await ask({ ask: 'apply', ...request })),
      grants: async (request) => Grants.parse(await ask({ ask: 'grants', ...request })),
      move: async (request) => MovedClock.parse(await ask({ ask: 'move', ...request })),
      withdraw: async (request) => void (await ask({ ask: 'withdraw', ...request })),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function assertNode(node: string): void {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  const least = LEAST_NODE.join('.');
  throw new CliError({
    text: {
      vi: `chung dev chạy cả nền tảng, cần Node ${least} trở lên; máy này có ${node}.`,
      en: `chung dev runs the whole platform, which needs Node ${least}; this is ${node}.`,
    },
    next: {
      vi: `Cài Node ${least} trở lên. Các lệnh create, check và build thì chạy được ngay.`,
      en: `Install Node ${least} or newer. create, check and build work as it is.`,
    },
    exitCode: 3,
  });
}

/** The project's own platform comes first, so that its version is the project's choice. */
function programIn(root: string): string {
  for (const from of [path.join(root, 'package.json'), import.meta.url]) {
    try {
      return createRequire(from).resolve(`${PACKAGE}/dev`);
    } catch {
      // Not there; told below.
    }
  }
  throw new CliError({
    text: {
      vi: `Dự án chưa cài ${PACKAGE}, là nền tảng mà chung dev chạy.`,
      en: `${PACKAGE}, the platform that chung dev runs, is not installed.`,
    },
    next: { vi: `Chạy: npm install --save-dev ${PACKAGE}`, en: `Run: npm install --save-dev ${PACKAGE}` },
    exitCode: 3,
  });
}

interface Conversation {
  readonly ready: Promise<Ready>;
  ask(request: Ask): Promise<unknown>;
}

function conversation(child: ChildProcess, onLine: (line: string) => void): Conversation {
  const waiting = new Map<number, { readonly done: (value: unknown) => void; readonly refused: (error: Error) => void }>();
  let asked = 0;
  child.once('exit', () => {
    for (const { refused } of waiting.values()) refused(hasEnded());
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    child.on('message', (data) => {
      const read = DevMessage.safeParse(data);
      if (!read.success) {
        const id = Reflect.get(Object(data), 'id');
        waiting.get(id)?.refused(new PlatformRefusal(OTHER_VERSION));
        waiting.delete(id);
        // Of no effect once it is ready: what nobody waits for may be of a later version.
        return reject(otherVersion());
      }
      const message = read.data;
      switch (message.kind) {
        case 'said':
          return onLine(message.line);
        case 'ready':
          return resolve(message);
        case 'failed':
          return reject(cannotStart(message.reason));
        default: {
          const one = waiting.get(message.id);
          waiting.delete(message.id);
          return message.kind === 'done' ? one?.done(message.value) : one?.refused(new PlatformRefusal(message.problem));
        }
      }
    });
  });
  const ask = (request: Ask) =>
    new Promise<unknown>((done, refused) => {
      asked += 1;
      const id = asked;
      waiting.set(id, { done, refused });
      child.send({ id, ...request }, (error) => {
        if (!error) return;
        waiting.delete(id);
        refused(hasEnded());
      });
    });
  return { ready, ask };
}

const hasEnded = (): PlatformRefusal => new PlatformRefusal({ vi: 'Nền tảng đã dừng.', en: 'The platform has ended.' });

const OTHER_VERSION: Text = {
  vi: 'Nền tảng của dự án và công cụ này không cùng phiên bản.',
  en: 'The platform of the project and this tool are of different versions.',
};

const otherVersion = (): CliError =>
  new CliError({
    text: OTHER_VERSION,
    next: { vi: `Cài @chung/cli và ${PACKAGE} cùng một phiên bản.`, en: `Install @chung/cli and ${PACKAGE} in one version.` },
    exitCode: 3,
  });

async function diedEarly(ended: Promise<void>, words: readonly string[]): Promise<never> {
  await ended;
  // What it said at last is why; without a word it was ended from outside.
  throw cannotStart(words.join('\n').slice(-LAST_WORDS) || 'it ended before it was ready');
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(cannotStart('it was not ready in time')), START_WITHIN_MS).unref();
  });
}

/** The reason is the platform's own sentence, which is in English. */
function cannotStart(reason: string): CliError {
  return new CliError({
    text: { vi: `Nền tảng không khởi động được: ${reason}`, en: `The platform did not start: ${reason}` },
    next: {
      vi: 'Xem .chung/dev/server.log; xóa thư mục .chung để bắt đầu lại từ đầu.',
      en: 'See .chung/dev/server.log; remove the folder .chung to begin anew.',
    },
    exitCode: 3,
  });
}
