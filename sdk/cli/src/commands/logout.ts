import { ACCOUNT_OPTIONS, notSignedIn } from '../account/account.ts';
import { issuerOf } from '../account/issuer.ts';
import { type Login, type Logins, loginStore } from '../account/login-store.ts';
import { platformError } from '../account/refusals.ts';
import { CliError, type Command } from './command.ts';
import { endLogin } from './login.ts';

export const logoutCommand: Command = {
  name: 'logout',
  usage: 'chung logout',
  about: {
    vi: 'Thoát: nền tảng quên phiên này, máy này xóa nó.',
    en: 'Signs out: the platform forgets the login, this machine deletes it.',
  },
  options: ACCOUNT_OPTIONS,
  run: async (given, terminal) => {
    const store = loginStore(terminal);
    const logins = store.read();
    const issuer = issuerOf(given, terminal, logins);
    // Before a lock is taken: where nothing may be written, nobody has signed in either.
    if (!logins.logins[issuer]) throw notSignedIn(issuer);
    const removed: Login[] = [];
    await store.change(async (before) => {
      const { [issuer]: login, ...rest } = before.logins;
      if (!login) return null;
      removed.push(login);
      return { ...before, last: lastOf(before, issuer), logins: rest };
    });
    const [login] = removed;
    if (!login) throw notSignedIn(issuer);
    await endLogin(issuer, login.tokens).catch((error: unknown) => {
      throw keptThere(issuer, platformError(error, { issuer, as: 'person' }));
    });
    if (given.flag('json') === 'given') terminal.out(`${JSON.stringify({ issuer, signedOut: true })}\n`);
    else terminal.out({ vi: `Đã thoát khỏi ${issuer}.\n`, en: `Signed out of ${issuer}.\n` }[terminal.language]);
    return 0;
  },
};

const lastOf = ({ last, logins }: Logins, gone: string): string | null =>
  last === gone ? (Object.keys(logins).find((issuer) => issuer !== gone) ?? null) : last;

/** Honest about the half that did not happen: a copy of the file would still be of use to somebody. */
function keptThere(issuer: string, cause: unknown): CliError {
  return new CliError({
    text: {
      vi: `Máy này đã xóa phiên, nhưng chưa báo được cho ${issuer}.`,
      en: `This machine has deleted the login, but ${issuer} could not be told.`,
    },
    next: {
      vi: 'Nếu tệp đăng nhập có thể đã bị chép, hãy nhờ đơn vị vận hành kết thúc phiên.',
      en: 'If a copy of the login file may exist, ask the operator to end the session.',
    },
    exitCode: 3,
    cause,
  });
}
