// The archive on its way: to a server of this machine in the platform's place, byte for byte, once, and with a word of how far it is.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiError, createClient, UnreachableError } from '@chung/client';
import { type AppSubmission, type Manifest, SUBMISSION_LIMITS, SubmissionId } from '@chung/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CliError, type Terminal } from '../commands/command.ts';
import { packApp } from './pack.ts';
import type { PreparedApp } from './prepare.ts';
import { upload } from './upload.ts';

let folder: string;
let server: Server;
let origin: string;
let came: { url: URL; headers: IncomingMessage['headers']; body: Buffer }[];
let answer: (response: ServerResponse) => void;
let latest: AppSubmission | null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-upload-'));
  [came, latest] = [[], null];
  answer = (response) => {
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify(submission(came.at(-1)?.url.searchParams.get('digest') ?? '')));
  };
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    came.push({ url: new URL(request.url ?? '/', origin), headers: request.headers, body: Buffer.concat(pieces) });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const submission = (digest: string): AppSubmission => ({
  ...{ id: SubmissionId.parse('01936b5e-7c00-7000-8000-00000000c003'), appId: 'vn.example.gifts', name: { vi: 'Quà', en: 'Gifts' } },
  ...{ version: { code: 7, name: '1.2.0' }, state: 'submitted', digest, bundleDigest: null, archiveBytes: 10, files: 3 },
  ...{ findings: [], queuePosition: 4, waitingSeconds: 0, submittedAt: '2026-11-28T00:00:00Z' },
});

/** Packs some content that does not get smaller. */
async function prepared(bytes = 300_000): Promise<PreparedApp> {
  const place = path.join(folder, 'content');
  await writeFile(place, randomBytes(bytes));
  const packed = await packApp([{ path: 'source/content.bin', place, bytes }], path.join(folder, 'app.tar.gz'));
  return { manifest: { app_id: 'vn.example.gifts' } as Manifest, packed, bundleDigest: null, leftOut: [] };
}

function terminalOf(changes: Partial<Terminal> = {}) {
  const said: string[] = [];
  const terminal: Terminal = {
    ...{ version: '0', cwd: folder, env: {}, language: 'en', colour: 'off', out: () => {}, ask: async () => null },
    error: (text) => void said.push(text),
    interruption: () => new AbortController().signal,
    ...changes,
  };
  return { terminal, said };
}

type Sender = Parameters<typeof upload>[0];
/** The account of somebody with the SDK's own client of this server; whose account it is, `account.ts` tells and is tried elsewhere. */
function account(): Sender {
  const { call } = createClient({ baseUrl: origin, headers: () => ({ authorization: 'DPoP token' }) });
  const submit = (
    { body, contentType, ...query }: { body: ReadableStream<Uint8Array>; contentType: string; digest: string },
    options: object,
  ) => call('partner.apps.submit', { query, body, contentType, ...options });
  const client = { partner: { apps: { submit, submissions: { list: async () => ({ items: latest ? [latest] : [] }) } } } };
  const ask = (work: (chung: typeof client) => unknown) => work(client);
  return { issuer: 'https://chung.example', client, ask, told: (error: unknown) => error } as unknown as Sender;
}

const failed = async (sending: Promise<unknown>): Promise<unknown> => sending.catch((error: unknown) => error);

describe('what is sent', () => {
  test('is the archive, byte for byte, under its digest, with a key that is the same for the same content', async () => {
    const app = await prepared();
    const { submission: got, sent } = await upload(account(), app, terminalOf().terminal);
    expect([sent, got.digest]).toEqual(['now', app.packed.digest]);
    const [arrived] = came;
    if (!arrived) throw new Error('it came');
    const { url, headers, body } = arrived;
    expect(createHash('sha256').update(body).digest('hex')).toBe(
      createHash('sha256')
        .update(await readFile(app.packed.file))
        .digest('hex'),
    );
    expect([...url.searchParams]).toEqual([['digest', app.packed.digest]]);
    expect([headers['content-type'], headers['idempotency-key']]).toEqual(['application/gzip', `submit-${app.packed.digest}`]);
  });

  test('names the digest of the bundle where there is one', async () => {
    const bundleDigest = `sha256:${'cd'.repeat(32)}`;
    await upload(account(), { ...(await prepared(10)), bundleDigest }, terminalOf().terminal);
    expect(came[0]?.url.searchParams.get('bundleDigest')).toBe(bundleDigest);
  });

  test('is nothing where the platform has the same already; another one before it is no hindrance', async () => {
    const app = await prepared(10);
    latest = submission(app.packed.digest);
    const { terminal, said } = terminalOf();
    expect(await upload(account(), app, terminal)).toEqual({ submission: latest, sent: 'before' });
    expect([came, said]).toEqual([[], []]);
    latest = submission(`sha256:${'00'.repeat(32)}`);
    expect((await upload(account(), app, terminal)).sent).toBe('now');
  });
});

describe('how far it is', () => {
  test('is drawn over and over in a terminal, up to all of it', async () => {
    const { terminal, said } = terminalOf({ colour: 'on' });
    await upload(account(), await prepared(), terminal);
    const shown = said.flatMap((text) => /^\r {2}(\d+) % $/.exec(text)?.[1] ?? []).map(Number);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    expect([shown.length > 3, shown.at(-1), said.at(-1)]).toEqual([true, 100, '\rAll is sent, the platform is checking …\n']);
  });

  test('is two lines where nobody looks, in the language of the person', async () => {
    const { terminal, said } = terminalOf({ language: 'vi' });
    await upload(account(), await prepared(), terminal);
    expect(said).toEqual([expect.stringMatching(/^Đang gửi 29\d KiB …\n$/), 'Đã gửi xong, nền tảng đang kiểm tra …\n']);
  });
});

describe('what goes wrong', () => {
  test('on the way is told with the reason why to send it again does no harm, and the file is let go', async () => {
    server.removeAllListeners('request').on('request', (request) => request.once('data', () => request.socket.destroy()));
    const app = await prepared(2_000_000);
    const error = await failed(upload(account(), app, terminalOf().terminal));
    expect(error).toMatchObject({
      exitCode: 3,
      text: { en: 'The connection to https://chung.example broke off while the app was being sent.' },
    });
    if (!(error instanceof CliError)) throw new Error('it is told');
    expect(error.cause).toBeInstanceOf(UnreachableError);
    await expect.poll(() => openedBy(app.packed.file)).toEqual([]);
  });

  test('by Ctrl-C is no broken connection, and says how to see whether it arrived', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    const { terminal } = terminalOf({ interruption: () => stop.signal });
    expect(await failed(upload(account(), await prepared(10), terminal))).toMatchObject({
      exitCode: 3,
      text: { vi: 'Đã dừng khi đang gửi.', en: 'It was stopped while the app was being sent.' },
      next: { en: expect.stringContaining('chung status') },
    });
  });

  test('at the platform is told as the account tells it, but for findings of its check', async () => {
    const problem = (status: number, body: object) => {
      answer = (response) =>
        void response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ status, ...body }));
    };
    const app = await prepared(10);
    problem(409, { code: 'version_not_higher', title: 'Not higher' });
    expect(await failed(upload(account(), app, terminalOf().terminal))).toBeInstanceOf(ApiError);
    problem(422, { code: 'checks_failed', title: 'It does not pass.', detail: 'Two places.', fields: [] });
    expect(await failed(upload(account(), app, terminalOf().terminal))).toMatchObject({
      exitCode: 4,
      text: { vi: 'Nền tảng kiểm tra và từ chối: Two places.', en: 'The platform checked it and refused: Two places.' },
    });
  });
});

describe('what is too much', () => {
  const files = (count: number, place: string) => Array.from({ length: count }, (_, n) => ({ path: `source/${n}.ts`, place, bytes: 0 }));

  test('is one file more than the platform takes', async () => {
    // As many as it takes are gone for: that they are not there is found out then.
    const into = path.join(folder, 'app.tar.gz');
    await expect(packApp(files(SUBMISSION_LIMITS.files, '/nowhere'), into)).rejects.toThrow('ENOENT');
    await expect(packApp(files(SUBMISSION_LIMITS.files + 1, '/nowhere'), into)).rejects.toThrow('There are 5001 files; 5000 are the most.');
  });

  test('is an archive that does not get small enough, though each file and their sum are', async () => {
    const sizes = [SUBMISSION_LIMITS.fileBytes, SUBMISSION_LIMITS.fileBytes, 100_000];
    const noise = sizes.map((bytes, n) => ({ path: `source/${n}.bin`, place: path.join(folder, `${n}.bin`), bytes }));
    for (const { place, bytes } of noise) await writeFile(place, randomBytes(bytes));
    await expect(packApp(noise, path.join(folder, 'app.tar.gz'))).rejects.toMatchObject({
      exitCode: 1,
      text: { vi: 'Gói nén lớn 20.1 MiB; tối đa 20.0 MiB.', en: 'The archive has 20.1 MiB; 20.0 MiB are the most.' },
    });
  });
});

/** The numbers under which this process has a file open; none where the system does not say. */
async function openedBy(file: string): Promise<readonly string[]> {
  const numbers = await readdir('/proc/self/fd').catch(() => []);
  const places = await Promise.all(numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')));
  return numbers.filter((_, index) => places[index] === file);
}
