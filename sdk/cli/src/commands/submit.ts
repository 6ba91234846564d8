import { ACCOUNT_OPTIONS, accountOf } from '../account/index.ts';
import { withPrepared } from '../submit/prepare.ts';
import { asJson, contentsText, submittedText } from '../submit/show.ts';
import { SUBMIT_SCOPES, upload } from '../submit/upload.ts';
import type { Command } from './command.ts';
import { folderOf } from './folder.ts';

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
    // Before the work of seconds: whoever is not signed in learns it at once.
    const account = isDry ? null : await accountOf(given, terminal, SUBMIT_SCOPES);
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
