import { existsSync } from 'node:fs';
import path from 'node:path';
import { ACCOUNT_OPTIONS, accountOf } from '../account/index.ts';
import { readManifestFile } from '../analysis/manifest-file.ts';
import { MANIFEST_FILE, openManifest } from '../analysis/project.ts';
import { asJson, statusText } from '../submit/show.ts';
import { type Arguments, CliError, type Command, type Terminal } from './command.ts';

const SHOWN = 20;

export const statusCommand: Command = {
  name: 'status',
  usage: 'chung status [APP_ID]',
  about: {
    vi: 'Cho biết ứng dụng đã gửi đang ở đâu: hàng chờ, thời gian chờ, những chỗ người duyệt sẽ xem.',
    en: 'Tells how a submitted app stands: queue, clock, what the reviewer will look at.',
  },
  options: [...ACCOUNT_OPTIONS],
  run: async (given, terminal) => {
    const appId = appOf(given, terminal);
    const account = await accountOf(given, terminal, ['partner.apps:read']);
    const { items } = await account.ask((chung) => chung.partner.apps.submissions.list({ limit: SHOWN, ...(appId !== null && { appId }) }));
    const { language, out } = terminal;
    if (given.flag('json') === 'given') out(asJson({ issuer: account.issuer, appId, submissions: items }));
    else if (items.length > 0) out(statusText(items, language));
    else out(nothing(appId, account.issuer)[language]);
    return 0;
  },
};

/** The app that is named, else that of the folder; null for all apps of the partner. */
function appOf({ positionals }: Arguments, { cwd }: Terminal): string | null {
  const [named, more] = positionals;
  if (more !== undefined || (named !== undefined && !/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/.test(named))) throw noApp(more ?? named ?? '');
  if (named !== undefined) return named;
  if (!existsSync(path.join(cwd, MANIFEST_FILE))) return null;
  return readManifestFile(openManifest(cwd)).manifest?.manifest?.app_id ?? null;
}

const noApp = (word: string): CliError =>
  new CliError({
    text: { vi: `“${word}” không phải app_id.`, en: `“${word}” is no app_id.` },
    next: { vi: 'Ví dụ: chung status vn.example.gifts.', en: 'E.g. chung status vn.example.gifts.' },
    exitCode: 2,
  });

const nothing = (appId: string | null, issuer: string) => ({
  vi: `Chưa gửi ${appId ?? 'ứng dụng nào'} tới ${issuer}. Gửi bằng: chung submit.\n`,
  en: `${appId ?? 'Nothing'} was not submitted to ${issuer} yet. Submit it with: chung submit.\n`.replace('Nothing was not', 'Nothing was'),
});
