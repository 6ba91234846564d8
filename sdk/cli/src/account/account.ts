import { connectPartner, type PartnerPersonClient, type PersonTokens, partnerSignIn } from '@chung/client/partner';
import type { z } from 'zod';
import { type Arguments, CliError, type Option, type Terminal } from '../commands/command.ts';
import { issuerOf } from './issuer.ts';
import { type LoginStore, loginStore, PrivateKey } from './login-store.ts';
import { platformError, type Spoken } from './refusals.ts';
import { CLIENT_ID, type CliScope } from './scopes.ts';

/** What every command takes that speaks with the platform. */
export const ACCOUNT_OPTIONS: readonly Option[] = [
  {
    name: 'issuer',
    takes: 'URL',
    about: {
      vi: 'Nền tảng; nếu không ghi: CHUNG_ISSUER, rồi nơi đăng nhập gần nhất.',
      en: 'The platform; else CHUNG_ISSUER, else the last login.',
    },
  },
  { name: 'json', about: { vi: 'In kết quả dạng JSON.', en: 'Prints the outcome as JSON.' } },
];

/** Operations by their names, callable where `Needed` opens them; nothing of who is calling. */
export type AccountClient<Needed extends CliScope> = Omit<PartnerPersonClient<Needed>, 'subject' | 'end'>;

export interface Account<Needed extends CliScope> {
  /** The platform's address, without a slash at the end. */
  readonly issuer: string;
  readonly client: AccountClient<Needed>;
  /**
   * Calls the platform and tells a refusal, an ended login or a network that is down as a `CliError` (exit code 4, 4 and 3).
   */
  ask<Reply>(call: (chung: AccountClient<Needed>) => Promise<Reply>): Promise<Reply>;
  /** The same for an error that was caught elsewhere, as in a loop over pages. */
  told(error: unknown): unknown;
}

/**
 * The platform as this person (`chung login`), or in CI as the app that `CHUNG_CLIENT_ID` and `CHUNG_PRIVATE_KEY` name. `needs` are the scopes
 * of the command: an operation outside them does not compile, and an app needs to be granted those and no others.
 *
 * Rejects with a `CliError` when nobody is signed in (exit code 4), the login has ended (4) or the platform cannot be reached (3).
 */
export async function accountOf<const Needed extends CliScope>(
  given: Arguments,
  terminal: Terminal,
  needs: readonly Needed[],
): Promise<Account<Needed>> {
  const { language } = terminal;
  const store = loginStore(terminal);
  const app = appOf(terminal);
  if (app) {
    const spoken: Spoken = { issuer: issuerOf(given, terminal, { version: 1, last: null, logins: {} }), as: 'app' };
    return account(spoken, () => connectPartner({ issuer: spoken.issuer, language, ...app, scopes: needs }));
  }
  const logins = store.read();
  const spoken: Spoken = { issuer: issuerOf(given, terminal, logins), as: 'person' };
  const login = logins.logins[spoken.issuer];
  if (!login) throw notSignedIn(spoken.issuer);
  const redirectUri = 'http://127.0.0.1/callback';
  return account(spoken, async () => {
    const signIn = await partnerSignIn({ issuer: spoken.issuer, language, clientId: CLIENT_ID, redirectUri, scopes: needs });
    return signIn.resume(login.tokens, { renewing: sharedRenewal(store, spoken.issuer) });
  });
}

async function account<Needed extends CliScope>(spoken: Spoken, connect: () => Promise<AccountClient<Needed>>): Promise<Account<Needed>> {
  const told = (error: unknown) => platformError(error, spoken);
  try {
    const client = await connect();
    return {
      issuer: spoken.issuer,
      client,
      ask: async (call) => {
        try {
          return await call(client);
        } catch (error) {
          throw told(error);
        }
      },
      told,
    };
  } catch (error) {
    throw told(error);
  }
}

type Renewal = (held: PersonTokens, renew: (latest: PersonTokens) => Promise<PersonTokens>) => Promise<PersonTokens>;

/**
 * A refresh token works once, and its second use ends the login. So commands renew one after another: whoever comes second finds in the file
 * what the first has written, and takes that.
 */
export function sharedRenewal(store: LoginStore, issuer: string): Renewal {
  return async (held, renew) => {
    let next: PersonTokens | null = null;
    await store.change(async (before) => {
      const login = before.logins[issuer];
      if (!login) throw notSignedIn(issuer);
      const isNewer = login.tokens.accessToken !== held.accessToken && Date.now() < login.tokens.endsAt;
      next = isNewer ? login.tokens : await renew(login.tokens);
      return isNewer ? null : { ...before, logins: { ...before.logins, [issuer]: { ...login, tokens: storedTokens(next) } } };
    });
    if (!next) throw notSignedIn(issuer);
    return next;
  };
}

/** As the file keeps them: WebCrypto's keys have all their parts, and its type does not say so. */
export const storedTokens = (tokens: PersonTokens) => ({ ...tokens, proofKey: PrivateKey.parse(tokens.proofKey) });

/** The app of a build server; null when neither variable is set. */
function appOf({ env }: Terminal): { clientId: string; privateKey: z.infer<typeof PrivateKey> } | null {
  const [clientId, text] = [env['CHUNG_CLIENT_ID'] ?? '', env['CHUNG_PRIVATE_KEY'] ?? ''];
  if (clientId === '' && text === '') return null;
  const privateKey = PrivateKey.safeParse(jsonIn(text));
  if (clientId !== '' && privateKey.success) return { clientId, privateKey: privateKey.data };
  throw new CliError({
    text:
      clientId === ''
        ? { vi: 'Có CHUNG_PRIVATE_KEY nhưng không có CHUNG_CLIENT_ID.', en: 'CHUNG_PRIVATE_KEY is set and CHUNG_CLIENT_ID is not.' }
        : {
            vi: 'CHUNG_PRIVATE_KEY không phải khóa riêng ES256 dạng JWK (JSON).',
            en: 'CHUNG_PRIVATE_KEY is no private ES256 key as a JWK (JSON).',
          },
    next: {
      vi: 'Đặt cả hai cho máy chủ dựng, hoặc bỏ cả hai và dùng chung login.',
      en: 'Set both on a build server, or neither and use chung login.',
    },
    exitCode: 2,
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const notSignedIn = (issuer: string): CliError =>
  new CliError({
    text: { vi: `Chưa đăng nhập ở ${issuer}.`, en: `Nobody is signed in at ${issuer}.` },
    next: { vi: `Chạy: chung login --issuer ${issuer}.`, en: `Run: chung login --issuer ${issuer}.` },
    exitCode: 4,
  });
