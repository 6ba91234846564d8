import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Arguments, CliError, type Terminal } from './command.ts';

/** The folder of the app that a command is about: the one that is named, or the current one. Throws `CliError` where there is none. */
export function folderOf({ positionals }: Arguments, { cwd }: Terminal): string {
  const root = path.resolve(cwd, positionals[0] ?? '.');
  if (existsSync(root) && statSync(root).isDirectory()) return root;
  throw new CliError({
    text: { vi: `Không có thư mục ${root}.`, en: `There is no folder ${root}.` },
    next: {
      vi: 'Chạy lệnh trong thư mục của ứng dụng, hoặc ghi đường dẫn sau lệnh.',
      en: 'Run it in the folder of the app, or name the folder.',
    },
    exitCode: 2,
  });
}
