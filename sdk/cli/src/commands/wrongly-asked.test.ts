// What no command does: each wrong word is one sentence in the person's language with what to write instead, before anybody is asked for
// anything, over the network or in front of the terminal, and before anything is written.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chungIn } from '../../testing/chung.ts';
import { COMMANDS } from '../run.ts';

const ISSUER = ['--issuer', 'http://127.0.0.1:9'];
const VIETNAMESE = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-wrongly-'));
  home = path.join(folder, 'home');
  await mkdir(path.join(folder, 'app'));
  await mkdir(home);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function told(words: readonly string[], language: 'vi' | 'en', env: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return null;
  };
  const called = vi.spyOn(globalThis, 'fetch');
  const ended = await chungIn(path.join(folder, 'app'), words, { language, ask, env: { HOME: home, BROWSER: 'none', ...env } });
  const calls = called.mock.calls.length;
  called.mockRestore();
  return { ...ended, asked, calls };
}

/** The refusal in both languages, held to what every refusal is. */
async function refusal(words: readonly string[], code: number, env?: Readonly<Record<string, string>>): Promise<string> {
  const [vietnamese, english] = [await told(words, 'vi', env), await told(words, 'en', env)];
  for (const one of [vietnamese, english]) {
    expect([one.code, one.out, one.asked, one.calls]).toEqual([code, '', [], 0]);
    // A sentence, and what to do next.
    expect(one.error).toMatch(/^\S[^\n]*\n\S[^\n]*\n$/);
  }
  expect(vietnamese.error).toMatch(VIETNAMESE);
  expect(english.error).not.toBe(vietnamese.error);
  expect([await readdir(home), await readdir(path.join(folder, 'app'))]).toEqual([[], []]);
  return english.error;
}

describe('wrong words', () => {
  test.each<[readonly string[], string]>([
    [['status', 'Gifts'], '“Gifts” is no app_id.'],
    [['status', 'gifts'], '“gifts” is no app_id.'],
    [['status', '../etc'], '“../etc” is no app_id.'],
    [['status', 'vn.example.gifts', 'more'], '“more” is no app_id.'],
    [['events'], 'What to do with the events is not said.'],
    [['events', 'delete'], '“delete” is not understood.'],
    [['events', 'list', 'all'], '“all” is not understood.'],
    [['events', 'list', '--from', 'yesterday'], 'is no place to begin.'],
    [['events', 'list', '--to', 'soon'], '--to soon is no moment.'],
    [['events', 'list', '--events', 'stolen.*'], 'There are no events “stolen.*”.'],
    [['events', 'replay'], 'It takes an event’s id, or --from.'],
    [['events', 'replay', 'a', 'b'], '“b” is not understood.'],
    [['events', 'replay', '--from', '1h', '--to', '2h'], '--to must be after --from.'],
    [['events', 'replay', '--from', '1h', '--forward-to', 'nowhere'], '“nowhere” is no http address.'],
    [['listen', '--from', 'tomorrow'], 'is no place to begin.'],
    [['listen', '--events', 'redemption'], 'There are no events “redemption”.'],
    [['listen', '--forward-to', 'http://8.8.8.8/'], 'is neither on this machine nor in its network'],
    [['listen', '--forward-to', '3000', '--tries', '0'], '--tries 0 is no number of tries.'],
    [['check', 'nowhere'], 'There is no folder '],
    [['build', 'nowhere'], 'There is no folder '],
    [['dev', 'nowhere'], 'There is no folder '],
    [['submit', 'nowhere'], 'There is no folder '],
    [['submit', 'nowhere', '--dry-run'], 'There is no folder '],
    [['statement', 'verify'], 'Which file to verify is not said.'],
    [['create', '..', '--no-install'], '“..” is no name.'],
    [['login', '--issuer', 'chung.example'], '“chung.example” is no address of a platform.'],
    [['logout', '--issuer', 'ftp://x'], '“ftp://x” is no address of a platform.'],
  ])('%j', async (words, sentence) => {
    const account = ['status', 'events', 'listen'].includes(words[0] ?? '');
    expect(await refusal(account ? [...words, ...ISSUER] : words, 2)).toContain(sentence);
  });

  test('a file is no folder of an app', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    for (const command of ['check', 'build', 'dev', 'submit']) expect(await refusal([command, file], 2)).toContain('There is no folder');
  });

  test.each(['kiểm-tra', 'Check', 'check ', '-check', '__proto__', 'constructor', 'toString'])('there is no command “%s”', async (word) => {
    expect(await refusal([word], 2)).toContain(`There is no command “${word}”.\nThere are: create, dev, check`);
  });
});

describe('an option', () => {
  test.each(COMMANDS.map(({ name }) => [name] as const))('that %s has not is named, with where they stand', async (name) => {
    for (const word of ['--no-such', '-x', '--__proto__'])
      expect(await refusal([name, word], 2)).toMatch(new RegExp(`^Unknown option '${word}'.*\\nSee chung ${name} --help\\.\\n$`));
  });

  test.each(
    COMMANDS.flatMap(({ name, options }) =>
      options
        .filter(({ takes }) => takes)
        .slice(0, 1)
        .map((one) => [name, one.name] as const),
    ),
  )('of %s, --%s, that takes something is not taken without it', async (name, option) => {
    expect(await refusal([name, `--${option}`], 2)).toContain(`--${option}`);
  });

  test.each(
    COMMANDS.flatMap(({ name, options }) =>
      options
        .filter(({ takes }) => !takes)
        .slice(0, 1)
        .map((one) => [name, one.name] as const),
    ),
  )('of %s, --%s, that takes nothing is not given something', async (name, option) => {
    expect(await refusal([name, `--${option}=yes`], 2)).toContain(`--${option}`);
  });
});

describe('whoever is not signed in', () => {
  test.each([
    [['status']],
    [['events', 'list']],
    [['events', 'replay', '01936b5e-7c00-7000-8000-000000000001']],
    [['listen']],
    [['submit']],
    [['logout']],
  ])('%j says where to, and with which command', async (words) => {
    const error = await refusal([...words, ...ISSUER], 4);
    expect(error).toBe('Nobody is signed in at http://127.0.0.1:9.\nRun: chung login --issuer http://127.0.0.1:9.\n');
  });

  test.each([
    [{ CHUNG_CLIENT_ID: 'app' }, 'CHUNG_PRIVATE_KEY is no private ES256 key'],
    [{ CHUNG_CLIENT_ID: 'app', CHUNG_PRIVATE_KEY: 'not json' }, 'CHUNG_PRIVATE_KEY is no private ES256 key'],
    [{ CHUNG_CLIENT_ID: 'app', CHUNG_PRIVATE_KEY: '{"kty":"RSA"}' }, 'CHUNG_PRIVATE_KEY is no private ES256 key'],
    [
      { CHUNG_CLIENT_ID: 'app', CHUNG_PRIVATE_KEY: '{"kty":"EC","crv":"P-256","x":"x","y":"y"}' },
      'CHUNG_PRIVATE_KEY is no private ES256 key',
    ],
    [{ CHUNG_PRIVATE_KEY: '{"d":"geheim"}' }, 'CHUNG_PRIVATE_KEY is set and CHUNG_CLIENT_ID is not.'],
  ])('but would be an app by %j is told what is missing, and no word of a key', async (env, sentence) => {
    const error = await refusal(['status', ...ISSUER], 2, env);
    expect(error).toContain(sentence);
    expect(error).not.toMatch(/geheim|not json|"kty"/);
  });

  test('and has not said at which platform is asked for that first', async () => {
    for (const words of [['status'], ['listen'], ['events', 'list'], ['login'], ['logout'], ['submit']])
      expect(await refusal(words, 2)).toMatch(/^Which platform is not known\.\n/);
  });
});
