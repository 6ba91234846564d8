import { type PartnerSignIn, type PersonTokens, partnerSignIn, ScopesNotGrantedError, type SignInAttempt } from '@chung/client/partner';
import type { Text } from '@chung/contracts';
import { CliError, type Terminal } from '../commands/command.ts';
import { type Deferred, deferred, urlOf } from '../older-node.ts';
import { storedTokens } from './account.ts';
import type { Landing } from './landing-page.ts';
import type { Login } from './login-store.ts';
import { openLoopback } from './loopback.ts';
import { openBrowser } from './open-browser.ts';
import { platformError } from './refusals.ts';
import { CLI_SCOPES, CLIENT_ID, type CliScope } from './scopes.ts';

export interface SignInRequest {
  readonly issuer: string;
  /** What opens an address on this machine; null for a person who carries it elsewhere. */
  readonly browser: readonly string[] | null;
  /** `ask` lets the person choose an account although one is signed in already. */
  readonly account: 'present' | 'ask';
  readonly timeoutSeconds: number;
}

type SignIn = PartnerSignIn<CliScope>;

/** Attempts that are kept at once: a person opens the page again, not a hundred times. */
const ATTEMPTS_MAX = 20;

/**
 * Signs a partner's person in through a browser and answers their login; nothing is stored. Rejects with a `CliError` when they refuse, when
 * the account is no partner's, when nobody comes in time, or when the platform refuses or cannot be reached.
 */
export async function signInPerson(request: SignInRequest, terminal: Terminal): Promise<Login> {
  const { issuer, browser, timeoutSeconds } = request;
  const outcome = deferred<Login>();
  // Told to whoever awaits it below; before that it is nobody's unhandled rejection.
  outcome.promise.catch(() => {});
  const answered = new AbortController();
  const waiting = createWaiting(request, terminal);
  const loopback = await openLoopback({
    start: () => waiting.begin('pushed'),
    arrived: (callback) => waiting.arrived(callback, outcome),
  });
  const timer = setTimeout(() => outcome.reject(tooLate(issuer, timeoutSeconds)), timeoutSeconds * 1000);
  try {
    await waiting.open(loopback.redirectUri);
    if (browser) {
      openBrowser(browser, loopback.startUrl);
      terminal.error(inBrowser(loopback.startUrl)[terminal.language]);
    } else {
      terminal.error(carried((await waiting.begin('plain')).href)[terminal.language]);
      void takePasted(terminal, answered.signal, (callback) => waiting.arrived(callback, outcome));
    }
    return await outcome.promise;
  } catch (error) {
    throw platformError(error, { issuer, as: 'person' });
  } finally {
    clearTimeout(timer);
    answered.abort();
    await loopback.close();
  }
}

/** The attempts of one command, each by its `state`. */
function createWaiting({ issuer, account }: SignInRequest, { language }: Terminal) {
  const attempts = new Map<string, SignInAttempt>();
  const opened = deferred<SignIn>();
  opened.promise.catch(() => {});
  return {
    open: async (redirectUri: string) => {
      try {
        opened.resolve(await partnerSignIn({ issuer, clientId: CLIENT_ID, redirectUri, scopes: CLI_SCOPES }));
      } catch (error) {
        opened.reject(error);
      }
      await opened.promise;
    },
    begin: async (kind: 'pushed' | 'plain'): Promise<URL> => {
      const signIn = await opened.promise;
      const { url, attempt } = await signIn.begin({ language, request: kind, ...(account === 'ask' && { prompt: 'login' }) });
      attempts.set(attempt.state, attempt);
      for (const state of [...attempts.keys()].slice(0, -ATTEMPTS_MAX)) attempts.delete(state);
      return url;
    },
    arrived: async (callback: URL, outcome: Deferred<Login>): Promise<Landing | null> => {
      const state = callback.searchParams.get('state') ?? '';
      const attempt = attempts.get(state);
      // Not ours: a page that was left open, or another program that guesses. The right one may still come.
      if (!attempt) return null;
      attempts.delete(state);
      try {
        const login = await finished(await opened.promise, callback, attempt);
        outcome.resolve(login);
        return signedIn(login.partner);
      } catch (error) {
        const told = error instanceof ScopesNotGrantedError ? noPartner(issuer, error) : platformError(error, { issuer, as: 'person' });
        outcome.reject(told);
        return told instanceof CliError ? { kind: 'bad', title: told.text, more: told.next } : FAILED;
      }
    },
  };
}

async function finished(signIn: SignIn, callback: URL, attempt: SignInAttempt): Promise<Login> {
  const kept: PersonTokens[] = [];
  const chung = await signIn.finish(callback, attempt, {
    onTokens: (tokens) => void kept.push(tokens),
  });
  const [tokens] = kept;
  if (!tokens) throw new Error('a sign-in leaves tokens');
  try {
    const { name } = await chung.partner.profile.get();
    return { tokens: storedTokens(tokens), partner: name, signedInAt: new Date().toISOString() };
  } catch (error) {
    // A login that is of no use must not live on for ninety days.
    await chung.end().catch(() => {});
    throw error;
  }
}

/** Asks for the address that a browser elsewhere ended at, until one is right or the answer came by itself. */
async function takePasted(terminal: Terminal, answered: AbortSignal, arrived: (callback: URL) => Promise<Landing | null>): Promise<void> {
  const question = { vi: 'Dán địa chỉ ở đó vào đây: ', en: 'Paste the address from there: ' }[terminal.language];
  while (!answered.aborted) {
    const pasted = await terminal.ask(question, answered);
    // The question stands there without an end of its line.
    if (answered.aborted) return terminal.error('\n');
    if (pasted === null) return;
    const callback = urlOf(pasted);
    if (callback && (await arrived(callback))) return;
    terminal.error(
      {
        vi: 'Không phải địa chỉ của lần đăng nhập này; hãy chép cả địa chỉ, từ http://127.0.0.1.\n',
        en: 'That is not the address of this sign-in; copy all of it, from http://127.0.0.1 on.\n',
      }[terminal.language],
    );
  }
}

const inBrowser = (url: string): Text => ({
  vi: `Đang mở trình duyệt để đăng nhập. Nếu không thấy, hãy mở:\n\n  ${url}\n\n`,
  en: `Opening the browser to sign in. If none opens, go to:\n\n  ${url}\n\n`,
});

const carried = (url: string): Text => ({
  vi: `Mở địa chỉ này bằng trình duyệt, trên máy nào cũng được:\n\n  ${url}\n\nTrên máy khác, trình duyệt sẽ dừng ở một địa chỉ 127.0.0.1 không mở được.\n`,
  en: `Open this address in a browser, on any machine:\n\n  ${url}\n\nOn another machine the browser ends at an address of 127.0.0.1 that does not open.\n`,
});

const signedIn = (partner: string): Landing => ({
  kind: 'good',
  title: { vi: `Đã đăng nhập cho ${partner}.`, en: `Signed in for ${partner}.` },
  more: { vi: 'Bạn có thể đóng trang này và quay lại cửa sổ lệnh.', en: 'You can close this page and go back to the terminal.' },
});

const FAILED: Landing = {
  kind: 'bad',
  title: { vi: 'Đăng nhập không thành công.', en: 'The sign-in failed.' },
  more: { vi: 'Cửa sổ lệnh cho biết vì sao.', en: 'The terminal says why.' },
};

const noPartner = (issuer: string, cause: unknown) =>
  new CliError({
    text: { vi: 'Tài khoản này không phải của đối tác.', en: 'That account is not a partner’s.' },
    next: {
      vi: `Đăng nhập bằng tài khoản khác: chung login --other-account --issuer ${issuer}.`,
      en: `Sign in with another one: chung login --other-account --issuer ${issuer}.`,
    },
    exitCode: 4,
    cause,
  });

const tooLate = (issuer: string, seconds: number) =>
  new CliError({
    text: { vi: `Không ai đăng nhập trong ${seconds / 60} phút.`, en: `Nobody signed in within ${seconds / 60} minutes.` },
    next: { vi: `Chạy lại: chung login --issuer ${issuer}.`, en: `Run it again: chung login --issuer ${issuer}.` },
    exitCode: 4,
  });
