// Where events are forwarded to and what signs them: read from the words of the command before anybody is asked for anything.
import { createHmac } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Arguments, CliError, type Terminal } from '../commands/command.ts';
import { FORWARD_OPTIONS, forwardOf, tellSecret } from './forward.ts';
import { signedHeaders, type WebhookSecret, webhookSecret } from './secret.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-forward-'));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true, force: true });
});

function given(values: Readonly<Record<string, string>>, ...flags: string[]): Arguments {
  return {
    positionals: [],
    flag: (name) => (flags.includes(name) ? 'given' : 'absent'),
    value: (name) => values[name] ?? null,
    values: () => [],
  };
}

function terminalIn(cwd: string) {
  const said = { out: '', error: '' };
  const terminal: Terminal = {
    ...{ version: '0', cwd, env: {}, language: 'en', colour: 'off' },
    ask: async () => null,
    interruption: () => new AbortController().signal,
    out: (text) => {
      said.out += text;
    },
    error: (text) => {
      said.error += text;
    },
  };
  return { terminal, said };
}
const forwarded = (values: Readonly<Record<string, string>>, ...flags: string[]) =>
  forwardOf(given(values, ...flags), terminalIn(folder).terminal);

describe('the words of the command', () => {
  test('without --forward-to nothing is forwarded, and no secret is made', async () => {
    expect(await forwarded({ 'secret-file': 'secret', tries: 'nonsense' })).toBeNull();
    await expect(stat(path.join(folder, 'secret'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    ['1', 1],
    ['9', 9],
    ['9999', 9_999],
  ])('--tries %s is %i', async (tries, count) => {
    expect(await forwarded({ 'forward-to': '3000', tries })).toMatchObject({ tries: count, target: { url: 'http://localhost:3000/' } });
  });

  test.each(['0', '10000', '-1', '1.5', '01', '1e3', ' 1', '', 'many', '１'])('--tries “%s” is no number of tries', async (tries) => {
    await expect(forwarded({ 'forward-to': '3000', tries })).rejects.toMatchObject({
      exitCode: 2,
      next: { en: expect.stringContaining('1 to 9999') },
    });
  });

  test('untold, an event is tried until it is taken', async () => {
    expect((await forwarded({ 'forward-to': '3000' }))?.tries).toBeNull();
  });

  test.each(['65536', '99999', 'localhost:3000', 'ftp://localhost/', 'javascript:alert(1)', '//localhost', '/hook', ' '])(
    '--forward-to “%s” is no address, and no secret is made for it',
    async (to) => {
      await expect(forwarded({ 'forward-to': to, 'secret-file': 'secret' })).rejects.toMatchObject({ exitCode: 2 });
      await expect(stat(path.join(folder, 'secret'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  test('only --allow-remote lets events leave this network', async () => {
    const to = { 'forward-to': 'https://8.8.8.8/hook' };
    await expect(forwarded(to)).rejects.toThrow('is neither on this machine nor in its network');
    expect((await forwarded(to, 'allow-remote'))?.target).toEqual({ url: 'https://8.8.8.8/hook' });
  });

  test('every option says in both languages what it is for', () => {
    for (const { about } of FORWARD_OPTIONS) expect([about.vi === about.en, /[đăâêôơưạảấầ]/i.test(about.vi)]).toEqual([false, true]);
  });
});

describe('a secret of its own for a run', () => {
  test('is another one each time, of 32 bytes', () => {
    const texts = Array.from({ length: 50 }, () => webhookSecret(null, { cwd: folder }).text);
    expect(new Set(texts).size).toBe(50);
    for (const text of texts) expect(Buffer.from(text.slice('whsec_'.length), 'base64')).toHaveLength(32);
  });

  test('is shown beside the output to a person, as a line of an env file, and in the output to a program', async () => {
    for (const flags of [[], ['json']]) {
      const { terminal, said } = terminalIn(folder);
      const forward = await forwardOf(given({ 'forward-to': '3000' }), terminal);
      if (!forward) throw new Error('it forwards');
      tellSecret(forward, given({}, ...flags), terminal);
      const { text } = forward.secret;
      expect(said).toEqual(
        flags.length === 0
          ? { out: '', error: `CHUNG_WEBHOOK_SECRET=${text}\n\n` }
          : { out: `${JSON.stringify({ kind: 'secret', CHUNG_WEBHOOK_SECRET: text })}\n`, error: '' },
      );
    }
  });
});

describe('the secret of a file', () => {
  test('is made once for its owner alone, taken again the next time, and never shown', async () => {
    const first = await forwarded({ 'forward-to': '3000', 'secret-file': 'secret' });
    const second = await forwarded({ 'forward-to': '3000', 'secret-file': path.join(folder, 'secret') });
    expect(second?.secret).toEqual({ text: first?.secret.text, origin: 'file' });
    const file = path.join(folder, 'secret');
    expect([(await stat(file)).mode & 0o777, await readFile(file, 'utf8')]).toEqual([0o600, `${first?.secret.text}\n`]);
    const { terminal, said } = terminalIn(folder);
    if (second) tellSecret(second, given({}), terminal);
    expect(said).toEqual({ out: '', error: '' });
  });

  test('may stand among blank lines, as an editor leaves it', async () => {
    const { text } = webhookSecret(null, { cwd: folder });
    await writeFile(path.join(folder, 'secret'), `\n  ${text} \r\n\n`);
    expect(webhookSecret('secret', { cwd: folder }).text).toBe(text);
  });

  test.each([
    ['nothing', ''],
    ['another kind of secret', 'sk_live_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['too short a one', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS'],
    ['too long a one', `whsec_${'A'.repeat(89)}`],
    ['a public key', 'whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['two of them', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['one with foreign signs', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_'],
  ])('that holds %s is told without a word of it, and stays as it is', async (_what, text) => {
    await writeFile(path.join(folder, 'secret'), text);
    const caught = await forwarded({ 'forward-to': '3000', 'secret-file': 'secret' }).catch((error: unknown) => error);
    if (!(caught instanceof CliError)) throw new Error('it was taken');
    expect([caught.exitCode, caught.text.en]).toEqual([2, `${path.join(folder, 'secret')} holds no whsec_… secret.`]);
    for (const { vi, en } of [caught.text, caught.next]) expect(`${vi}${en}`).not.toContain('MfKQ9r8');
    expect(await readFile(path.join(folder, 'secret'), 'utf8')).toBe(text);
  });

  test('in a folder that is not there, or that is a folder itself, is told with the option', async () => {
    await mkdir(path.join(folder, 'inner'));
    for (const file of ['nowhere/secret', 'inner'])
      await expect(forwarded({ 'forward-to': '3000', 'secret-file': file })).rejects.toMatchObject({
        exitCode: 3,
        text: { en: `${path.join(folder, file)} can be neither read nor written.` },
        next: { en: 'Check the path of --secret-file.' },
      });
  });
});

describe('a signature', () => {
  test('is the one that the examples of Standard Webhooks have', () => {
    const secret: WebhookSecret = { text: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', origin: 'file' };
    const at = new Date(1_614_265_330_999);
    expect(signedHeaders(secret, { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', at })).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('is over the bytes of any text, and another one for another id, second or body', () => {
    const secret = webhookSecret(null, { cwd: folder });
    const key = Buffer.from(secret.text.slice('whsec_'.length), 'base64');
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uuid(), seconds, (body, id, second) => {
        const signed = signedHeaders(secret, { id, body, at: new Date(second * 1000) });
        const expected = createHmac('sha256', key).update(`${id}.${second}.${body}`).digest('base64');
        expect(signed['webhook-signature']).toBe(`v1,${expected}`);
        const others = [
          signedHeaders(secret, { id: `${id}0`, body, at: new Date(second * 1000) }),
          signedHeaders(secret, { id, body, at: new Date((second + 1) * 1000) }),
          signedHeaders(secret, { id, body: `${body} `, at: new Date(second * 1000) }),
        ].map((headers) => headers['webhook-signature']);
        expect(others).not.toContain(signed['webhook-signature']);
      }),
      { numRuns: 40 },
    );
  });
});
