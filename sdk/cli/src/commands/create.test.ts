// A new project, as a developer gets it: what they are asked, what they are told, and nothing of theirs written over.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chungIn } from '../../testing/chung.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-create-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const chung = (words: readonly string[], changes?: Parameters<typeof chungIn>[2]) => chungIn(folder, words, changes);
const create = (...words: string[]) => chung(['create', ...words, '--no-install']);
const made = (...names: string[]) => readdir(path.join(folder, ...names));

/** Somebody in front of the terminal who gives these answers, one after the other. */
function person(...answers: string[]) {
  const questions: string[] = [];
  return {
    questions,
    ask: async (question: string) => {
      questions.push(question);
      return answers[questions.length - 1] ?? '';
    },
  };
}

describe('the person in front of it', () => {
  test('is asked for the name and the template, and chooses by number or by name', async () => {
    const { ask, questions } = person('Kẹo dừa', '2');
    expect((await chung(['create', '--no-install'], { ask })).code).toBe(0);
    expect(await made('keo-dua')).not.toContain('src');
    expect(questions).toEqual(['What is it called? ', expect.stringMatching(/1 {2}mini-app .*\n.*2 {2}offer .*\n.*3 {2}both/)]);
    await chung(['create', 'Bánh cốm', '--no-install'], { ask: person('both').ask, language: 'vi' });
    expect(await made('banh-com')).toEqual(expect.arrayContaining(['src', 'server']));
  });

  test('gets a mini-app by pressing Enter, and where nobody is there to ask', async () => {
    await chung(['create', 'Enter', '--no-install'], { ask: person('').ask });
    await create('Nobody');
    expect(await made('enter')).toEqual(await made('nobody'));
    expect(await made('nobody')).toContain('src');
  });

  test('who mistypes is asked again, and not for ever', async () => {
    const { ask, questions } = person('4', 'nothing', '0');
    const { code, error } = await chung(['create', 'Kẹo', '--no-install'], { ask });
    expect([code, error, questions.length]).toEqual([2, expect.stringContaining('There is no template “0”.'), 3]);
    const second = person('offfer', 'offer');
    expect((await chung(['create', 'Kẹo', '--no-install'], { ask: second.ask })).code).toBe(0);
  });

  test('is not asked what the command line says', async () => {
    const { ask, questions } = person();
    await chung(['create', 'Kẹo', '--template', 'offer', '--no-install'], { ask });
    expect(questions).toEqual([]);
  });

  test.each([
    ['vi', 'Tiếp theo:', 'chạy thử trên máy này'],
    ['en', 'Next:', 'try it on this machine'],
  ] as const)('is told in %s what comes next', async (language, next, why) => {
    const { out } = await chung(['create', 'Quà', '--no-install'], { language });
    for (const words of [next, why, 'cd qua\n', 'npm install', 'npx chung dev', 'npx chung check']) expect(out).toContain(words);
  });
});

describe('one sentence says what is wrong, and nothing is written', () => {
  test.each([
    [['../escape'], '“../escape” is no name.'],
    [['fine', '--template', 'nothing'], 'There is no template “nothing”.'],
    [['fine', '--app-id', "x', evil: '"], 'is no app_id.'],
    [['fine', '--email', 'nobody'], '“nobody” is no e-mail address.'],
    [[], 'The project has no name.'],
  ])('%j', async (words, sentence) => {
    const { code, error } = await create(...words);
    expect([code, error]).toEqual([2, expect.stringContaining(sentence)]);
    expect(await made()).toEqual([]);
  });

  test('a folder that has something in it, or a file of its name, is left as it is', async () => {
    await mkdir(path.join(folder, 'mine'));
    await writeFile(path.join(folder, 'mine/notes.txt'), 'mine');
    await writeFile(path.join(folder, 'file'), 'mine');
    for (const name of ['mine', 'file']) {
      const { code, error } = await create(name);
      expect([code, error]).toEqual([2, expect.stringContaining('is not empty')]);
    }
    expect([await made('mine'), await readFile(path.join(folder, 'file'), 'utf8')]).toEqual([['notes.txt'], 'mine']);
  });

  test('an empty folder of its name is taken', async () => {
    await mkdir(path.join(folder, 'mine'));
    expect((await create('mine')).code).toBe(0);
  });

  test('where the system lets nothing be written', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const { code, error } = await chung(['create', 'x1', '--no-install'], { cwd: path.join(folder, 'file') });
    expect([code, error]).toEqual([3, expect.stringContaining('The folder x1 cannot be written (ENOTDIR).')]);
  });
});

describe('npm install', () => {
  /** The project is there all the same: installing can be done again. */
  const installing = async (env: Readonly<Record<string, string>>, language: 'vi' | 'en' = 'en') => {
    const { code, error } = await chung(['create', 'Quà', '--template', 'offer'], { env, language });
    expect([code, await made('qua')]).toEqual([3, expect.arrayContaining(['package.json'])]);
    return error;
  };
  const programs = process.env['PATH'] ?? '';

  test('without a network says so, and what to do', { timeout: 60_000 }, async () => {
    // A port that nobody listens on.
    const offline = {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: path.join(folder, 'cache'),
    };
    const error = await installing({ PATH: programs, HOME: folder, ...offline });
    expect(error).toMatch(/npm could not reach its registry \(ECONNREFUSED\); the project itself is there\.\nCheck the network/);
  });

  test('without npm says so', async () => {
    expect(await installing({ PATH: folder }, 'vi')).toContain('Máy này không có npm; dự án đã được tạo đầy đủ.');
  });
});
