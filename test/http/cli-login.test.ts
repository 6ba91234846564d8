// `chung login` and `chung logout` against the real platform, through its real pages.
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { Visitor } from '../harness/visitor.ts';
import { allow, land, login, type Machine, openMachine, type Person, startLogin } from './cli-login.ts';

let running: TestPlatform;
let machine: Machine;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());
beforeEach(async () => {
  machine = await openMachine(running.demo.issuer);
});
afterEach(() => machine.close());

function owner(place = 0): Person {
  const { username, password } = running.demo.partners[place] ?? {};
  if (!username || !password) throw new Error('the demo has partners');
  return { username, password };
}
function member(): Person {
  const [found] = running.demo.members;
  if (!found) throw new Error('the demo has members');
  return found;
}
interface Stored {
  readonly last: string;
  readonly logins: Record<string, { tokens: { refreshToken: string; accessToken: string; endsAt: number; proofKey: { d: string } } }>;
}
const stored = async (): Promise<Stored> => JSON.parse(await readFile(machine.loginFile, 'utf8'));
async function tokens() {
  const login = (await stored()).logins[running.demo.issuer];
  if (!login) throw new Error('nobody is signed in');
  return login.tokens;
}

describe('chung login', () => {
  test('signs a partner’s person in, says for whom, and keeps the login where its owner alone can read it', async () => {
    const { code, out, error, page } = await login(machine, owner());
    expect([code, out]).toEqual([0, expect.stringContaining(`Signed in at ${running.demo.issuer} for VNPT Money.`)]);
    expect(page.status).toBe(200);
    for (const words of ['Đã đăng nhập cho VNPT Money.', 'Signed in for VNPT Money.', 'lang="vi"', 'lang="en"'])
      expect(page.body).toContain(words);
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/done$/);
    expect((await stat(machine.loginFile)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(machine.loginFile))).mode & 0o777).toBe(0o700);
    // Nothing half-written and no lock stays behind.
    expect(await readdir(path.dirname(machine.loginFile))).toEqual(['logins.json']);
    const { refreshToken, accessToken, proofKey } = await tokens();
    for (const secret of [refreshToken, accessToken, proofKey.d]) expect(out + error + page.body).not.toContain(secret);
  });

  test('asks for what the commands use and no more; the person reads it before they allow it', async () => {
    const { address, ended } = await startLogin(machine, ['--json']);
    const asked = new URL(address).searchParams;
    expect(asked.get('scope')?.split(' ').toSorted()).toEqual([
      'openid',
      'partner.apps:read',
      'partner.apps:write',
      'partner.events:read',
      'partner.profile:read',
      'partner.webhooks:write',
    ]);
    expect([asked.get('code_challenge_method'), asked.get('redirect_uri')]).toEqual([
      'S256',
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    ]);
    const visitor = new Visitor();
    const page = await visitor.submit(await visitor.open(address), { ...owner() }, 'name="password"');
    expect(page.body).toContain('Chung CLI');
    expect(page.body).toContain('Create apps and change keys');
    await land(await allow(address, owner(), visitor));
    const { out } = await ended;
    expect(JSON.parse(out)).toMatchObject({ issuer: running.demo.issuer, partner: 'VNPT Money', file: machine.loginFile });
    expect(out).not.toContain('oken');
  });

  test('opens the browser at an address of this machine, which leads to a fresh, pushed request each time it is opened', async () => {
    const seen = path.join(machine.home, 'seen');
    const browser = path.join(machine.home, 'browser.sh');
    await writeFile(browser, `#!/bin/sh\nprintf '%s' "$1" > ${seen}\n`);
    await chmod(browser, 0o755);
    const { address, ended } = await startLogin(machine, [], { env: { ...machine.env, BROWSER: browser } });
    await expect.poll(() => readFile(seen, 'utf8').catch(() => '')).toBe(address);
    const visitor = new Visitor();
    const [first, second] = [await visitor.send(address), await visitor.send(address)];
    expect(first.headers.get('location')).not.toBe(second.headers.get('location'));
    const url = new URL(second.headers.get('location') ?? '');
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    // The first page was closed; the second one is signed in on.
    await land(await allow(url.href, owner()));
    expect((await ended).code).toBe(0);
  });

  test('takes the address that a browser on another machine ended at, and says when it is another one', async () => {
    const pasted: string[] = [];
    const answers = Promise.withResolvers<string>();
    const ask = async () => {
      pasted.push('asked');
      return pasted.length === 1 ? 'http://127.0.0.1:1/callback?code=x&state=y' : answers.promise;
    };
    const { address, ended } = await startLogin(machine, ['--no-browser'], { ask });
    answers.resolve((await allow(address, owner())).href);
    const { code, error } = await ended;
    expect([code, pasted.length]).toEqual([0, 2]);
    expect(error).toContain('That is not the address of this sign-in');
  });

  test('is refused by a person who does not allow it, in the browser and in the terminal', async () => {
    const { address, ended } = await startLogin(machine);
    const visitor = new Visitor();
    const asking = await visitor.submit(await visitor.open(address), { ...owner() }, 'name="password"');
    const refused = await visitor.submit(asking, { decision: 'deny' }, 'name="decision"');
    const page = await land(new URL(refused.headers.get('location') ?? ''));
    expect(page.body).toContain('Bạn đã không cho phép trong trình duyệt.');
    const { code, error } = await ended;
    expect([code, error]).toEqual([4, expect.stringContaining('You did not allow it in the browser.')]);
    await expect(stat(machine.loginFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a member’s account is told so, and its sign-in does not live on', async () => {
    const before = await grantCount();
    const { code, error, page } = await login(machine, member());
    expect([code, error]).toEqual([4, expect.stringContaining('That account is not a partner’s.')]);
    expect(page.body).toContain('That account is not a partner’s.');
    expect(await grantCount()).toBe(before);
  });

  test('--other-account asks who it is although somebody is signed in in that browser', async () => {
    const visitor = new Visitor();
    const first = await startLogin(machine);
    await land(await allow(first.address, owner(), visitor));
    await first.ended;
    const same = await startLogin(machine);
    expect((await visitor.open(same.address)).body).not.toContain('name="password"');
    await land(await allow(same.address, owner(), visitor));
    await same.ended;
    const other = await startLogin(machine, ['--other-account']);
    expect((await visitor.open(other.address)).body).toContain('name="password"');
    await land(await allow(other.address, owner(1), visitor));
    expect((await other.ended).out).not.toContain('VNPT Money');
  });

  test('goes on waiting when a page of another attempt or another program comes to its port', async () => {
    const { address, ended } = await startLogin(machine);
    const redirect = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
    const stranger = await land(new URL('?code=stolen&state=guessed', redirect));
    expect([stranger.status, stranger.body]).toEqual([404, expect.stringContaining('No sign-in is waiting here.')]);
    // A name that somebody else points at this machine.
    expect(await statusFor(redirect, { host: 'evil.example' })).toBe(404);
    expect(await statusFor(redirect, { method: 'POST' })).toBe(404);
    await land(await allow(address, owner()));
    expect((await ended).code).toBe(0);
  });

  test('a new login takes the place of the old one, which ends at the platform too', async () => {
    await login(machine, owner());
    const old = await tokens();
    await login(machine, owner());
    expect((await tokens()).refreshToken).not.toBe(old.refreshToken);
    const refused = await fetch(`${running.demo.issuer}/v1/partner/profile`, { headers: { authorization: `Bearer ${old.accessToken}` } });
    expect(refused.status).toBe(401);
  });

  test('a damaged file is named without a word of what stands in it, and replaced by the next login', async () => {
    await mkdir(path.dirname(machine.loginFile), { recursive: true });
    for (const damaged of ['', '{"version":1,"refreshToken":"geheim"', '[]', '{"version":9}']) {
      await writeFile(machine.loginFile, damaged);
      const told = await machine.chung(['logout']);
      expect([told.code, told.error]).toEqual([4, expect.stringContaining('is damaged.')]);
      expect(told.error).not.toContain('geheim');
    }
    expect((await login(machine, owner())).code).toBe(0);
    expect((await machine.chung(['logout'])).code).toBe(0);
  });
});

describe('a machine on which nothing can be kept', () => {
  test('is told so before the person is asked for anything', async () => {
    await writeFile(path.join(machine.home, 'file'), '');
    const told = await machine.chung(['login'], { env: { ...machine.env, XDG_CONFIG_HOME: path.join(machine.home, 'file') } });
    expect([told.code, told.error]).toEqual([3, expect.stringContaining('cannot be written.')]);
  });

  test('and a login that turns out not to be storable ends at the platform at once', async () => {
    const before = await grantCount();
    const { address, ended } = await startLogin(machine);
    // A folder in the file's place: everything can be written but this.
    await mkdir(machine.loginFile, { recursive: true });
    await land(await allow(address, owner()));
    const { code, error } = await ended;
    expect([code, error]).toEqual([3, expect.stringContaining('cannot be written.')]);
    expect(await grantCount()).toBe(before);
  });
});

describe('which platform', () => {
  test('is said by --issuer, else by CHUNG_ISSUER, else by the last login; there is none for everybody', async () => {
    const { CHUNG_ISSUER: _none, ...env } = machine.env;
    const lost = await machine.chung(['login'], { env });
    expect([lost.code, lost.error]).toEqual([2, expect.stringContaining('Which platform is not known.')]);
    const { address, ended } = await startLogin(machine, ['--issuer', `${running.demo.issuer}/`], { env });
    await land(await allow(address, owner()));
    await ended;
    const out = await machine.chung(['logout'], { env });
    expect([out.code, out.out]).toEqual([0, `Signed out of ${running.demo.issuer}.\n`]);
  });

  test.each(['chung.example', 'http://chung.example', 'ftp://chung.example', 'https://a:b@chung.example', 'https://chung.example/?x=1'])(
    '%s is no address to send a login to',
    async (issuer) => {
      const told = await machine.chung(['login', '--issuer', issuer]);
      expect([told.code, told.error]).toEqual([2, expect.stringContaining('is no address of a platform.')]);
    },
  );

  test('one that cannot be reached, and one that is no platform, are each told in a sentence', async () => {
    const nobody = await machine.chung(['login', '--issuer', await nobodyThere()]);
    expect([nobody.code, nobody.error]).toEqual([3, expect.stringContaining(' cannot be reached (ECONNREFUSED).\n')]);
    const other = await machine.chung(['login', '--issuer', `${running.demo.issuer}/docs`]);
    expect([other.code, other.error]).toEqual([3, expect.stringContaining('is no Chung platform')]);
    for (const told of [nobody, other]) expect(told.error).not.toMatch(/\n\s+at /);
  });
});

describe('chung logout', () => {
  test('ends the login at the platform and deletes it here', async () => {
    await login(machine, owner());
    const { accessToken } = await tokens();
    const told = await machine.chung(['logout', '--json']);
    expect(JSON.parse(told.out)).toEqual({ issuer: running.demo.issuer, signedOut: true });
    expect((await stored()).logins).toEqual({});
    const refused = await fetch(`${running.demo.issuer}/v1/partner/profile`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(refused.status).toBe(401);
  });

  test('of nobody says that nobody is signed in', async () => {
    const told = await machine.chung(['logout']);
    expect([told.code, told.error]).toEqual([4, expect.stringContaining(`Nobody is signed in at ${running.demo.issuer}.`)]);
  });

  test('deletes the login also when the platform cannot be told, and says what that means', async () => {
    await login(machine, owner());
    const gone = await nobodyThere();
    await writeFile(machine.loginFile, (await readFile(machine.loginFile, 'utf8')).replaceAll(running.demo.issuer, gone));
    const told = await machine.chung(['logout', '--issuer', gone]);
    expect([told.code, told.error]).toEqual([3, expect.stringContaining('could not be told')]);
    expect((await stored()).logins).toEqual({});
  });
});

/** The address of a port that was free a moment ago. */
async function nobodyThere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function statusFor(url: URL, { host = url.host, method = 'GET' }: { host?: string; method?: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL('/', url), { method, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.once('error', reject).end();
  });
}

async function grantCount(): Promise<number> {
  const { rows } = await running.owner.query(
    `SELECT count(*)::int AS count FROM chung.oidc_artifacts WHERE client_id = 'chung-cli' AND model IN ('Grant', 'RefreshToken')`,
  );
  return rows[0].count;
}
