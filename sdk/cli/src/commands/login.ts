import { type PersonTokens, partnerSignIn } from '@chung/client/partner';
import { ACCOUNT_OPTIONS } from '../account/account.ts';
import { issuerOf } from '../account/issuer.ts';
import { type Login, type LoginStore, loginStore } from '../account/login-store.ts';
import { browserOf } from '../account/open-browser.ts';
import { CLIENT_ID } from '../account/scopes.ts';
import { signInPerson } from '../account/sign-in.ts';
import type { Arguments, Command, Terminal } from './command.ts';

/** A person finds their password, perhaps on another machine; after that nobody is coming any more. */
const TIMEOUT_SECONDS = 600;

export const loginCommand: Command = {
  name: 'login',
  usage: 'chung login',
  about: {
    vi: 'Đăng nhập bằng tài khoản đối tác, qua trình duyệt.',
    en: 'Signs in with a partner’s account, through the browser.',
  },
  options: [
    ...ACCOUNT_OPTIONS,
    {
      name: 'no-browser',
      about: {
        vi: 'Chỉ in địa chỉ để mở ở máy khác; dán địa chỉ cuối vào đây.',
        en: 'Only prints the address, for a browser elsewhere; paste back where it ends.',
      },
    },
    {
      name: 'other-account',
      about: { vi: 'Hỏi lại tài khoản, dù đang đăng nhập.', en: 'Asks for the account although one is signed in.' },
    },
  ],
  run: async (given, terminal) => {
    const { store, issuer, login } = await signInAndKeep(given, terminal);
    terminal.out(
      given.flag('json') === 'given' ? `${JSON.stringify(shown(store, issuer, login), null, 2)}\n` : told(issuer, login, terminal),
    );
    return 0;
  },
};

/** Signs a person in and keeps their login; says nothing when it is done, since another command may go on. */
export async function signInAndKeep(given: Arguments, terminal: Terminal): Promise<{ store: LoginStore; issuer: string; login: Login }> {
  const store = loginStore(terminal);
  const issuer = issuerOf(given, terminal, store.readOrNone());
  store.assertWritable();
  const browser = given.flag('no-browser') === 'given' ? null : browserOf(terminal, process.platform);
  const account = given.flag('other-account') === 'given' ? 'ask' : 'present';
  const login = await signInPerson({ issuer, browser, account, timeoutSeconds: TIMEOUT_SECONDS }, terminal);
  await keep(store, issuer, login).catch(async (error: unknown) => {
    // What cannot be kept is of no use to anybody who should have it.
    await endLogin(issuer, login.tokens).catch(() => {});
    throw error;
  });
  return { store, issuer, login };
}

async function keep(store: LoginStore, issuer: string, login: Login): Promise<void> {
  const replaced: PersonTokens[] = [];
  await store.repair(async (before) => {
    const old = before.logins[issuer];
    if (old) replaced.push(old.tokens);
    return { ...before, last: issuer, logins: { ...before.logins, [issuer]: login } };
  });
  for (const tokens of replaced) await endLogin(issuer, tokens).catch(() => {});
}

/** Ends a login at the platform; rejects when it cannot be reached. */
export async function endLogin(issuer: string, tokens: PersonTokens): Promise<void> {
  const signIn = await partnerSignIn({ issuer, clientId: CLIENT_ID, redirectUri: 'http://127.0.0.1/callback', scopes: [] });
  await (await signIn.resume(tokens)).end();
}

const shown = ({ file }: LoginStore, issuer: string, { partner, tokens }: Login) => ({
  issuer,
  partner,
  scopes: tokens.scope.split(' ').filter((scope) => scope !== 'openid'),
  file,
});

function told(issuer: string, { partner }: Login, { language }: Terminal): string {
  return {
    vi: `Đã đăng nhập ở ${issuer} cho ${partner}. Tiếp theo: chung submit, chung listen; chung logout để thoát.\n`,
    en: `Signed in at ${issuer} for ${partner}. Next: chung submit, chung listen; chung logout signs out.\n`,
  }[language];
}
