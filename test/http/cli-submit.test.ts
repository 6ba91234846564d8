// `chung submit` and `chung status` against the real platform: as a build server with a key, and as a person who signed in.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Terminal } from '../../sdk/cli/src/commands/command.ts';
import { chungIn } from '../../sdk/cli/testing/chung.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { login, type Machine, openMachine } from './cli-login.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const SLOW = { timeout: 120_000 };

let wire: Wire;
let running: TestPlatform;
let made: string;
let folder: string;
let app: string;
let machine: Machine;

beforeAll(async () => {
  wire = await openWire();
  running = await startTestPlatform({ settings: { CHUNG_BASE_URL: wire.url } });
  wire.leadTo(running.config.PORT);
  // Outside the workspace, as a partner's project is; the packages are found by their sources.
  made = await mkdtemp(path.join(tmpdir(), 'chung-made-'));
  for (const template of ['offer', 'mini-app']) {
    const { code, error } = await chungIn(made, [
      'create',
      template,
      '--template',
      template,
      '--app-id',
      `vn.vinaphone.${template}`,
      '--no-install',
    ]);
    expect([code, error]).toEqual([0, '']);
    const file = path.join(made, template, 'tsconfig.json');
    const tsconfig = JSON.parse(await readFile(file, 'utf8'));
    Object.assign(tsconfig.compilerOptions, { customConditions: ['chung-source'], allowImportingTsExtensions: true });
    await writeFile(file, JSON.stringify(tsconfig));
    await writeFile(path.join(made, template, 'package-lock.json'), '{ "lockfileVersion": 3, "packages": {} }');
    await symlink(path.join(REPOSITORY, 'node_modules'), path.join(made, template, 'node_modules'));
  }
}, 120_000);
afterAll(async () => {
  await wire?.close();
  await running?.close();
  await rm(made, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-app-'));
  machine = await openMachine(running.demo.issuer);
});
afterEach(async () => {
  await machine.close();
  await rm(folder, { recursive: true, force: true });
});

/** A copy of a made project, with another app_id so that tests do not meet. */
async function project(template: 'offer' | 'mini-app', appId: string): Promise<void> {
  app = path.join(folder, 'app');
  await rm(app, { recursive: true, force: true });
  await cp(path.join(made, template), app, { recursive: true, verbatimSymlinks: true });
  await edit('chung.config.ts', (text) => text.replace(`vn.vinaphone.${template}`, appId));
}
async function edit(name: string, change: (text: string) => string): Promise<void> {
  const file = path.join(app, name);
  const text = await readFile(file, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(file, change(text));
}

async function put(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(app, name)), { recursive: true });
  await writeFile(path.join(app, name), text);
}

function ci(slug = 'vinaphone'): Record<string, string> {
  const client = running.demo.partners.find((one) => one.slug === slug)?.client;
  if (!client) throw new Error(`the demo has ${slug}`);
  return {
    CHUNG_ISSUER: running.demo.issuer,
    CHUNG_CLIENT_ID: client.client_id,
    CHUNG_PRIVATE_KEY: JSON.stringify(client.private_key_jwk),
    ...{ HOME: folder, TMPDIR: folder },
  };
}
/** In this process: while the check works nobody hears that a connection was closed, so that is heard before the next call. */
async function chung(words: readonly string[], changes: Partial<Terminal> = {}) {
  const told = await chungIn(app, words, { env: ci(), ...changes });
  await setTimeout(100);
  return told;
}
const count = async () => Number((await running.owner.query('SELECT count(*) AS n FROM chung.app_submissions')).rows[0].n);
/** What a command that was stopped must not leave in the folder for such things. */
const leftovers = async () => (await readdir(folder)).filter((name) => name.startsWith('chung-submit-'));

describe('chung submit', () => {
  test('checks, bundles and sends a mini-app, and says its place in the queue and what comes next', SLOW, async () => {
    await project('mini-app', 'vn.vinaphone.sent');
    const { code, out, error } = await chung(['submit']);
    expect([code, out]).toEqual([0, expect.stringContaining('vn.vinaphone.sent 1.0.0 (version.code 1) was submitted to http://')]);
    expect(out).toMatch(/Digest +sha256:[0-9a-f]{64}\n +Place in queue +1\n/);
    expect(out).toContain('chung status vn.vinaphone.sent');
    for (const step of ['Checking the source', 'Bundling', 'Packing', 'Sending', 'the platform is checking']) expect(error).toContain(step);
    const { rows } = await running.owner.query("SELECT * FROM chung.app_submissions WHERE app_id = 'vn.vinaphone.sent'");
    expect(rows).toHaveLength(1);
    const files: { path: string }[] = rows[0].files;
    expect(files.map((file) => file.path)).toEqual(
      expect.arrayContaining(['bundle/remoteEntry.js', 'source/src/main.tsx', 'source/package-lock.json']),
    );
    expect(files.filter((file) => /node_modules|\.env|\.chung/.test(file.path))).toEqual([]);
    // Of types of the SDK, React and Express alone the platform came to the verdict of the laptop.
    expect(rows[0].findings).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  test('the same again is the same submission and is not sent; JSON has all that text has', SLOW, async () => {
    await project('offer', 'vn.vinaphone.again');
    const first = JSON.parse((await chung(['submit', '--json'])).out);
    expect(first).toMatchObject({
      version: 1,
      issuer: running.demo.issuer,
      submission: { appId: 'vn.vinaphone.again', state: 'submitted', bundleDigest: null },
    });
    const before = await count();
    const second = await chung(['submit', '--json']);
    expect(JSON.parse(second.out)).toMatchObject({ sent: 'before', submission: { id: first.submission.id } });
    expect(first.sent).toBe('now');
    expect((await chung(['submit'])).out).toContain('before, with the same content.');
    expect(second.error).not.toContain('Sending');
    expect(await count()).toBe(before);
  });

  test('a changed app under the same version is refused by the platform with what to do', SLOW, async () => {
    await project('offer', 'vn.vinaphone.changed');
    expect((await chung(['submit'])).code).toBe(0);
    await edit('icon.svg', (text) => `${text}\n<!-- new -->`);
    const { code, out, error } = await chung(['submit']);
    expect([code, out]).toEqual([4, '']);
    expect(error).toContain('The platform refused: The version.code is 1 and 1 was submitted before; raise it to 2.');
    await edit('chung.config.ts', (text) => text.replace('code: 1', 'code: 2'));
    expect((await chung(['submit'])).code).toBe(0);
  });

  test('another partner’s app_id is refused', SLOW, async () => {
    await project('offer', 'vn.vinaphone.owned');
    expect((await chung(['submit'])).code).toBe(0);
    const { code, error } = await chung(['submit'], { env: ci('mytv') });
    expect([code, error]).toEqual([4, expect.stringContaining('vn.vinaphone.owned belongs to another partner')]);
  });

  test('what the check finds stops it before anything is built or sent', SLOW, async () => {
    await project('offer', 'vn.vinaphone.broken');
    await put('src/main.ts', "export const all = eval('1');\n");
    const before = await count();
    const { code, out, error } = await chung(['submit']);
    expect([code, out]).toEqual([1, expect.stringMatching(/error CH401[\s\S]*src\/main\.ts:1/)]);
    expect(error).toContain('Nothing was sent.');
    expect(error).not.toContain('Bundling');
    const found = JSON.parse((await chung(['submit', '--json'])).out);
    expect(found.findings).toContainEqual(expect.objectContaining({ rule: 'CH401', severity: 'error' }));
    expect(await count()).toBe(before);
  });

  test('what does not build, and what the platform would not take, is told in one sentence', SLOW, async () => {
    await project('mini-app', 'vn.vinaphone.unbuilt');
    await edit('src/main.tsx', (text) => `import './gone.css';\n${text}`);
    const unbuilt = await chung(['submit']);
    expect([unbuilt.code, unbuilt.error]).toEqual([1, expect.stringMatching(/It cannot be built: src\/main\.tsx:1:\d+ .*gone\.css/)]);
    await project('offer', 'vn.vinaphone.unbuilt');
    await rm(path.join(app, 'package-lock.json'));
    const lacking = await chung(['submit']);
    expect([lacking.code, lacking.out]).toEqual([1, expect.stringMatching(/error CH704[\s\S]*There is no package-lock\.json/)]);
    expect(await leftovers()).toEqual([]);
  });

  test(
    '--dry-run shows every file and its size, and what stays because of secrets; it needs neither account nor network',
    SLOW,
    async () => {
      await project('offer', 'vn.vinaphone.dry');
      await writeFile(path.join(app, '.env'), 'SECRET=1');
      const env = { HOME: folder, CHUNG_ISSUER: 'http://127.0.0.1:1' };
      const { code, out } = await chung(['submit', '--dry-run'], { env });
      expect(code).toBe(0);
      for (const words of ['source/chung.config.ts', 'source/package.json', 'KiB', 'Nothing was sent', 'may hold secrets:\n  .env\n'])
        expect(out).toContain(words);
      const { digest, files, submission, leftOut } = JSON.parse((await chung(['submit', '--dry-run', '--json'], { env })).out);
      expect([submission, leftOut, out.includes(digest)]).toEqual([null, ['.env'], true]);
      expect(files.find((file: { path: string }) => file.path === 'source/icon.svg')).toMatchObject({ bytes: expect.any(Number) });
      const sent = JSON.parse((await chung(['submit', '--json'])).out);
      expect(sent.submission.digest).toBe(digest);
    },
  );

  test('in Vietnamese it speaks Vietnamese', SLOW, async () => {
    await project('offer', 'vn.vinaphone.tieng-viet');
    const { code, out, error } = await chung(['submit'], { language: 'vi' });
    expect([code, out]).toEqual([0, expect.stringContaining('Đã gửi vn.vinaphone.tieng-viet')]);
    expect(error).toContain('Đang kiểm tra mã nguồn');
  });
});

describe('who submits', () => {
  test('a person who signed in, whose token is bound to their machine', SLOW, async () => {
    await project('offer', 'vn.vnpt.person');
    const owner = running.demo.partners[0];
    if (!owner) throw new Error('the demo has partners');
    expect((await login(machine, owner)).code).toBe(0);
    const { code, out, error } = await chung(['submit'], { env: machine.env });
    expect([code, out, error]).toEqual([0, expect.stringContaining('vn.vnpt.person 1.0.0'), expect.not.stringContaining('refused')]);
    const status = await chung(['status'], { env: machine.env });
    expect(status.out).toMatch(/vn\.vnpt\.person 1\.0\.0 {2}waiting for review · place \d+ · for \d+ s/);
  });

  test('nobody who is not signed in: it is said before the work is done', async () => {
    await project('offer', 'vn.vinaphone.nobody');
    const { code, out, error } = await chung(['submit'], { env: machine.env });
    expect([code, out]).toEqual([4, '']);
    expect(error).toContain('Nobody is signed in');
    expect(error).toContain('chung login');
    expect(error).not.toContain('Checking');
  });

  test('no app without the scope: it is named', async () => {
    await project('offer', 'vn.vinaphone.scopeless');
    const before = await running.owner.query("SELECT scopes FROM chung.apps WHERE client_id = 'mytv-backend'");
    await running.owner.query("UPDATE chung.apps SET scopes = array_remove(scopes, 'partner.apps:write') WHERE client_id = 'mytv-backend'");
    try {
      const { code, error } = await chung(['submit'], { env: ci('mytv') });
      expect([code, error]).toEqual([4, expect.stringContaining('partner.apps:write')]);
    } finally {
      await running.owner.query("UPDATE chung.apps SET scopes = $1 WHERE client_id = 'mytv-backend'", [before.rows[0].scopes]);
    }
  });
});

describe('the network', () => {
  test('a platform that cannot be reached is one sentence', async () => {
    await project('offer', 'vn.vinaphone.offline');
    const { code, error } = await chung(['submit'], { env: { ...ci(), CHUNG_ISSUER: 'http://127.0.0.1:1' } });
    expect([code, error]).toEqual([3, expect.stringContaining('http://127.0.0.1:1 cannot be reached')]);
    expect(error.trim().split('\n')).toHaveLength(2);
  });

  test('an upload that is cut off leaves nothing, and to submit again is all that is to do', SLOW, async () => {
    await project('offer', 'vn.vinaphone.cut');
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
    await writeFile(path.join(app, 'noise.bin'), Buffer.concat(Array.from({ length: 20 }, () => noise)));
    const before = await count();
    wire.cutAfter(200_000);
    const { code, out, error } = await chung(['submit']);
    wire.cutAfter(Number.POSITIVE_INFINITY);
    expect([code, out]).toEqual([3, '']);
    expect(error).toContain('broke off while the app was being sent');
    expect(error).toContain('Run chung submit again');
    expect(await count()).toBe(before);
    expect(await leftovers()).toEqual([]);
    expect((await chung(['submit'])).code).toBe(0);
  });

  test('Ctrl-C while it bundles ends it before anything is sent', SLOW, async () => {
    await project('mini-app', 'vn.vinaphone.halted');
    const stop = new AbortController();
    let said = '';
    const { code } = await chung(['submit'], {
      interruption: () => stop.signal,
      error: (text) => {
        said += text;
        if (text.startsWith('Bundling')) stop.abort();
      },
    });
    expect([code, said]).toEqual([3, expect.stringContaining('It was stopped; nothing was sent.')]);
    expect(said).not.toContain('Sending');
    expect(await leftovers()).toEqual([]);
  });

  test('Ctrl-C in the middle of sending ends it cleanly', SLOW, async () => {
    await project('offer', 'vn.vinaphone.stopped');
    const stop = new AbortController();
    let said = '';
    const { code } = await chung(['submit'], {
      interruption: () => stop.signal,
      error: (text) => {
        said += text;
        if (text.startsWith('Sending')) stop.abort();
      },
    });
    expect([code, said]).toEqual([3, expect.stringContaining('It was stopped while the app was being sent.')]);
    expect(await leftovers()).toEqual([]);
  });
});

describe('chung status', () => {
  test('tells the app of the folder, one that is named, or all; and what the reviewer will look at', SLOW, async () => {
    await project('offer', 'vn.vinaphone.looked');
    await put('src/chart.ts', "import chart from 'a-chart-library';\nexport const drawn: unknown = chart;\n");
    expect((await chung(['submit'])).code).toBe(0);
    const own = await chung(['status']);
    expect(own.out).toMatch(/^vn\.vinaphone\.looked 1\.0\.0 {2}waiting for review · place \d+ · for \d+ s$/m);
    expect(own.out).toMatch(/the reviewer will look at\n {2}CH106 src\/chart\.ts:1:19 /);
    const named = await chungIn(folder, ['status', 'vn.vinaphone.looked'], { env: ci() });
    expect(named.out).toBe(own.out);
    const all = JSON.parse((await chungIn(folder, ['status', '--json'], { env: ci() })).out);
    const ids = all.submissions.map(({ appId }: { appId: string }) => appId);
    expect([all.appId, ids.includes('vn.vinaphone.looked'), new Set(ids).size > 1]).toEqual([null, true, true]);
  });

  test('an app that was never submitted, and a word that is no app_id', async () => {
    await project('offer', 'vn.vinaphone.unknown');
    const never = await chung(['status']);
    expect([never.code, never.out]).toEqual([0, expect.stringContaining('vn.vinaphone.unknown was not submitted to')]);
    expect(JSON.parse((await chung(['status', '--json'])).out)).toMatchObject({ appId: 'vn.vinaphone.unknown', submissions: [] });
    expect(await chung(['status', 'Not An App'])).toMatchObject({ code: 2, error: expect.stringContaining('is no app_id') });
  });
});

type Wire = Awaited<ReturnType<typeof openWire>>;

/** The way to the platform, which can be cut once a connection has carried so many bytes. */
async function openWire() {
  let port = 0;
  let most = Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let bytes = 0;
    near.on('data', (part) => {
      bytes += part.length;
      if (bytes > most) near.destroy();
    });
    near.pipe(far).pipe(near);
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const)
      side.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://localhost:${typeof address === 'object' && address ? address.port : 0}`,
    leadTo: (to: number) => {
      port = to;
    },
    cutAfter: (bytes: number) => {
      most = bytes;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
