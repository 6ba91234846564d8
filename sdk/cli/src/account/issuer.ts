import { type Arguments, CliError, type Terminal } from '../commands/command.ts';
import { urlOf } from '../older-node.ts';
import type { Logins } from './login-store.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Which platform: `--issuer`, else `CHUNG_ISSUER`, else the one that was signed in to last. There is no platform for everybody, so no default. */
export function issuerOf(given: Arguments, { env }: Pick<Terminal, 'env'>, logins: Logins): string {
  const named = given.value('issuer') ?? env['CHUNG_ISSUER'];
  if (named !== undefined && named !== '') return checkedIssuer(named);
  if (logins.last !== null) return logins.last;
  throw new CliError({
    text: { vi: 'Chưa biết nền tảng nào.', en: 'Which platform is not known.' },
    next: {
      vi: 'Ghi --issuer https://…, hoặc đặt CHUNG_ISSUER; địa chỉ do đơn vị vận hành cho biết. Trên máy này: npm start, rồi http://localhost:4100.',
      en: 'Name it: --issuer https://…, or set CHUNG_ISSUER; its operator tells the address. On this machine: npm start, then http://localhost:4100.',
    },
    exitCode: 2,
  });
}

/** As the platform writes itself, without a slash at the end. Tokens go there, so plain HTTP is for this machine alone. */
function checkedIssuer(text: string): string {
  const url = urlOf(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (url && isSafe && url.search === '' && url.hash === '' && url.username === '' && url.password === '')
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new CliError({
    text: { vi: `“${text}” không phải địa chỉ của một nền tảng.`, en: `“${text}” is no address of a platform.` },
    next: {
      vi: 'Viết như https://chung.example; http chỉ dùng được trên chính máy này.',
      en: 'Write it like https://chung.example; http is for this machine alone.',
    },
    exitCode: 2,
  });
}
