import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { CliError, type Terminal } from '../commands/command.ts';
import { withLock } from './lock.ts';
import { readWhole, writeWhole } from './whole-file.ts';

/** A private ES256 key as a JWK. */
export const PrivateKey = z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), d: z.string() });

const Login = z.object({
  tokens: z.object({
    accessToken: z.string().min(1),
    refreshToken: z.string().min(1).nullable(),
    endsAt: z.number(),
    scope: z.string(),
    subject: z.string(),
    proofKey: PrivateKey,
  }),
  partner: z.string(),
  signedInAt: z.iso.datetime(),
});
/** A person's sign-in to one platform. All of it is as secret as a password. */
export type Login = z.infer<typeof Login>;

const Logins = z.object({ version: z.literal(1), last: z.string().nullable(), logins: z.record(z.string(), Login) });
/** All logins of this person on this machine, by the issuer. */
export type Logins = z.infer<typeof Logins>;

export interface LoginStore {
  readonly file: string;
  /** Rejects with a `CliError` when the file is damaged. */
  read(): Logins;
  /** For whoever is about to replace a damaged file. */
  readOrNone(): Logins;
  /** Throws a `CliError` where nothing can be kept, before a person is asked for anything. */
  assertWritable(): void;
  /** Changes them while no other command does: what `change` answers is written whole or not at all; null leaves them as they are. */
  change(change: (before: Logins) => Promise<Logins | null>): Promise<void>;
  /** Like `change`, for whoever replaces a damaged file. */
  repair(change: (before: Logins) => Promise<Logins | null>): Promise<void>;
}

const NONE: Logins = { version: 1, last: null, logins: {} };

/** In `$XDG_CONFIG_HOME/chung`, else `~/.config/chung`: readable by its owner alone (on Windows by the rules of the profile folder). */
export function loginStore({ env }: Pick<Terminal, 'env'>): LoginStore {
  const base = env['XDG_CONFIG_HOME'];
  const folder = path.join(base && path.isAbsolute(base) ? base : path.join(env['HOME'] ?? homedir(), '.config'), 'chung');
  const file = path.join(folder, 'logins.json');
  const readOrNone = () => {
    try {
      return readLogins(file);
    } catch (error) {
      if (error instanceof CliError) return NONE;
      throw error;
    }
  };
  const assertWritable = () =>
    orUnwritable(file, () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.W_OK);
    });
  const changing = (read: () => Logins) => async (change: (before: Logins) => Promise<Logins | null>) => {
    assertWritable();
    await withLock(`${file}.lock`, async () => {
      const after = await change(read());
      if (after) orUnwritable(file, () => writeWhole(file, `${JSON.stringify(after, null, 2)}\n`));
    });
  };
  return {
    file,
    read: () => readLogins(file),
    readOrNone,
    assertWritable,
    change: changing(() => readLogins(file)),
    repair: changing(readOrNone),
  };
}

function orUnwritable(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new CliError({
      text: { vi: `Không ghi được ${file}.`, en: `${file} cannot be written.` },
      next: {
        vi: 'Kiểm tra quyền và dung lượng đĩa, hoặc đặt XDG_CONFIG_HOME ở nơi khác.',
        en: 'Check its rights and the disk, or set XDG_CONFIG_HOME to another place.',
      },
      exitCode: 3,
      cause,
    });
  }
}

function readLogins(file: string): Logins {
  const text = textOf(file);
  if (text === null) return NONE;
  const read = Logins.safeParse(parsed(text));
  if (read.success) return read.data;
  // Not what zod says of it: that would quote from a file of secrets.
  throw new CliError({
    text: { vi: `Tệp đăng nhập ${file} bị hỏng.`, en: `The login file ${file} is damaged.` },
    next: { vi: 'Đăng nhập lại: chung login --issuer ĐỊA_CHỈ.', en: 'Sign in again: chung login --issuer URL.' },
    exitCode: 4,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textOf(file: string): string | null {
  try {
    return readWhole(file);
  } catch (cause) {
    throw new CliError({
      text: { vi: `Không đọc được ${file}.`, en: `${file} cannot be read.` },
      next: { vi: 'Kiểm tra quyền của tệp, hoặc xóa nó rồi đăng nhập lại.', en: 'Check its rights, or delete it and sign in again.' },
      exitCode: 3,
      cause,
    });
  }
}
