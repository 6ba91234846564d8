import { ACCOUNT_OPTIONS, type Account, accountOf } from '../account/index.ts';
import { browserOf } from '../account/open-browser.ts';
import { withPrepared } from '../submit/prepare.ts';
import { asJson, contentsText, submittedText } from '../submit/show.ts';
import { SUBMIT_SCOPES, upload } from '../submit/upload.ts';
import { type Arguments, CliError, type Command, type Terminal } from './command.ts';
import { folderOf } from './folder.ts';
import { signInAndKeep } from './login.ts';

export const submitCommand: Command = {
  name: 'submit',
  usage: 'chung submit [FOLDER]',
  about: {
    vi: 'Kiểm tra, đóng gói và gửi ứng dụng đi duyệt.',
    en: 'Checks, bundles and submits the app for review.',
  },
  options: [
    {
      name: 'dry-run',
      about: { vi: 'Chỉ cho thấy những gì sẽ được gửi; không cần tài khoản.', en: 'Only shows what would be sent; needs no account.' },
    },
    ...ACCOUNT_OPTIONS,
  ],
  run: async (given, terminal) => {
    const root = folderOf(given, terminal);
    const isJson = given.flag('json') === 'given';
    const { language, out } = terminal;
    const isDry = given.flag('dry-run') === 'given';
    const account = isDry ? null : await accountOrLogin(given, terminal);
    const outcome = await withPrepared({ root, given, terminal }, async (prepared) => {
      if (!account) {
        const { manifest, packed, bundleDigest, leftOut } = prepared;
        const { files, digest, bytes: archiveBytes } = packed;
        const contents = { appId: manifest.app_id, release: manifest.version, digest, bundleDigest, archiveBytes, files, leftOut };
        return out(isJson ? asJson({ submission: null, ...contents }) : contentsText(prepared, language));
      }
      const uploaded = await upload(account, prepared, terminal);
      const { issuer } = account;
      return out(isJson ? asJson({ issuer, ...uploaded }) : submittedText(uploaded, { issuer, language }));
    });
    return outcome === 'stopped' ? 1 : 0;
  },
};

type Sender = Account<(typeof SUBMIT_SCOPES)[number]>;

/**
 * Before the work of seconds: whoever is not signed in, or whose login has ended, signs in now where there is a browser to do it in, and goes on.
 * Elsewhere they are told.
 */
async function accountOrLogin(given: Arguments, terminal: Terminal): Promise<Sender> {
  try {
    return await accountOf(given, terminal, SUBMIT_SCOPES);
  } catch (error) {
    const isRefused = error instanceof CliError && error.exitCode === 4;
    if (!isRefused || terminal.env['CHUNG_CLIENT_ID'] || !browserOf(terminal, process.platform)) throw error;
    await signInAndKeep(given, terminal);
    return accountOf(given, terminal, SUBMIT_SCOPES);
  }
}
