import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { loginStore } from '../account/login-store.ts';
import { readWhole, writeWhole } from '../account/whole-file.ts';
import type { Terminal } from '../commands/command.ts';
import type { Position } from './reading.ts';

const Positions = z.record(z.string(), z.object({ at: z.literal('cursor'), cursor: z.string(), afterEvent: z.string().nullable() }));

/** Where `chung listen` was, one place a platform and address; beside the logins. Nothing secret: a cursor is worth nothing without a login. */
export function positionStore(terminal: Pick<Terminal, 'env'>, key: string) {
  const file = path.join(path.dirname(loginStore(terminal).file), 'listening.json');
  const read = () => {
    const text = readWhole(file);
    const parsed = text === null ? null : Positions.safeParse(jsonIn(text));
    // A damaged one is as good as none: it only says where to go on.
    return parsed?.success ? parsed.data : {};
  };
  return {
    last: (): Position | null => read()[key] ?? null,
    keep: (position: Position): void => {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      writeWhole(file, JSON.stringify({ ...read(), [key]: position }));
    },
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
