// What a project is called, and what follows from its name: whatever a person types, what is made of it holds.
import { Manifest } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arguments, CliError, type Terminal } from './command.ts';
import { manifestAnswers, nameOf, partsOf, slugOf, TEMPLATES } from './create-answers.ts';

function given(words: readonly string[], values: Readonly<Record<string, string>> = {}, ...flags: string[]): Arguments {
  return {
    positionals: words,
    flag: (name) => (flags.includes(name) ? 'given' : 'absent'),
    value: (name) => values[name] ?? null,
    values: () => [],
  };
}

function terminal(language: 'vi' | 'en', ...answers: (string | null)[]) {
  const questions: string[] = [];
  const here: Terminal = {
    ...{ version: '0', cwd: '.', env: {}, language, colour: 'off', out: () => {}, error: () => {} },
    ask: async (question) => {
      questions.push(question);
      return answers[questions.length - 1] ?? null;
    },
    interruption: () => new AbortController().signal,
  };
  return { ...here, questions };
}

const named = (name: string, language: 'vi' | 'en' = 'en') => nameOf(given([name]), terminal(language));

describe('a name', () => {
  test.each(['ab', 'Quà tháng 3', 'Kẹo dừa – '.slice(0, 7), 'x'.repeat(40), '3 miền', 'Đặc.sản_Bến-Tre', 'Ế ẩm', '쌀국수'])(
    'may be “%s”',
    async (name) => {
      expect(await named(name)).toBe(name);
    },
  );

  test('is taken without the blanks around it', async () => {
    expect(await named('  Quà tặng\n')).toBe('Quà tặng');
  });

  test.each([
    'a',
    'x'.repeat(41),
    '.hidden',
    '-flag',
    '../escape',
    'a/b',
    'a\\b',
    "it's",
    '"quoted"',
    'a\nb',
    '{{x}}',
    '__NAME__',
    '👍👍',
    'a\u0000b',
  ])('is not %j, which is said in both languages', async (name) => {
    const caught = await named(name).catch((error: unknown) => error);
    if (!(caught instanceof CliError)) throw new Error('it was taken');
    expect([caught.exitCode, caught.text.vi.includes('không dùng làm tên được'), caught.text.en.includes('is no name')]).toEqual([
      2,
      true,
      true,
    ]);
  });

  test('that nobody gives is missed, in words that do not quote nothing', async () => {
    for (const answer of ['', '   ', null])
      await expect(nameOf(given([]), terminal('vi', answer))).rejects.toMatchObject({
        text: { vi: 'Dự án chưa có tên.', en: 'The project has no name.' },
      });
  });
});

describe('a folder’s name', () => {
  test.each([
    ['Quà tháng 3', 'qua-thang-3'],
    ['Đặc sản Bến Tre', 'dac-san-ben-tre'],
    ['ĐƯỜNG ƯỚT', 'duong-uot'],
    ['Kẹo   dừa!!', 'keo-dua'],
    ['Qua\u0300 ta\u0323\u0306ng', 'qua-tang'],
    ['...', 'chung-app'],
    ['쌀국수', 'chung-app'],
    ['Phở 24/7', 'pho-24-7'],
  ])('of “%s” is %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  test('of any name can be written on every system, and stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const slug = slugOf(name);
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slugOf(slug)).toBe(slug);
      }),
    );
  });

  test('is the same however the marks of Vietnamese are written', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ '),
    });
    fc.assert(
      fc.property(letters, (name) => {
        expect(slugOf(name.normalize('NFD'))).toBe(slugOf(name.normalize('NFC')));
        expect(slugOf(name.toUpperCase())).toBe(slugOf(name));
      }),
    );
  });
});

describe('what stands in the listing', () => {
  test('follows from every name that is taken: the app_id is one', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9ÀàĐđẾếỘộ][A-Za-z0-9 ._ăâêôơưạảấầẩẫậắđ-]{1,39}$/);
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        // Blanks at its ends do not count, so that little may be left.
        const taken = await named(text).catch(() => null);
        if (taken === null) return;
        const { appId, email } = manifestAnswers(given([]), slugOf(taken));
        expect(Manifest.shape.app_id.safeParse(appId).success, appId).toBe(true);
        expect(Manifest.shape.contact.shape.email.safeParse(email).success).toBe(true);
      }),
    );
  });

  test.each([...'0123456789'])('of a project that is called by a number has a letter before it: %s', (digit) => {
    expect(manifestAnswers(given([]), `${digit}-mien`).appId).toBe(`vn.example.a${digit}-mien`);
  });

  test('is what the command line says, checked as the manifest will be', () => {
    const answers = manifestAnswers(given([], { 'app-id': 'vn.tra-sua.app', email: 'a@b.vn' }), 'x');
    expect(answers).toEqual({ appId: 'vn.tra-sua.app', email: 'a@b.vn' });
  });

  test.each([
    [{ 'app-id': 'gifts' }, 'app_id'],
    [{ 'app-id': 'vn.Example.gifts' }, 'app_id'],
    [{ 'app-id': 'vn..gifts' }, 'app_id'],
    [{ 'app-id': 'vn.1gifts' }, 'app_id'],
    [{ 'app-id': `vn.${'x'.repeat(62)}` }, 'app_id'],
    [{ 'app-id': '' }, 'app_id'],
    [{ email: 'a@b' }, 'e-mail'],
    [{ email: "a'@b.vn\n" }, 'e-mail'],
    [{ email: '' }, 'e-mail'],
  ])('is not %j', (values, word) => {
    expect(() => manifestAnswers(given([], values), 'x')).toThrow(word);
  });
});

describe('a template', () => {
  test('that is named is taken without a question, and a backend comes to each that has none', async () => {
    for (const { name, parts } of TEMPLATES) {
      const here = terminal('en');
      expect(await partsOf(given([], { template: name }), here)).toEqual(parts);
      const more = await partsOf(given([], { template: name }, 'backend'), here);
      expect([more.filter((part) => part === 'backend'), more.slice(0, parts.length), here.questions]).toEqual([['backend'], parts, []]);
    }
  });

  test.each([
    ['1', 'mini-app'],
    ['2', 'offer'],
    ['both', 'both'],
    ['', 'mini-app'],
    [null, 'mini-app'],
  ])('answer %j is %s', async (answer, name) => {
    expect(await partsOf(given([]), terminal('vi', answer))).toEqual(TEMPLATES.find((one) => one.name === name)?.parts);
  });

  test.each(['0', '4', '-1', '1.5', '1e0x', 'Offer', 'toString'])(
    '“%s” is none, and is asked for again without the whole list',
    async (answer) => {
      const here = terminal('vi', answer, '2');
      expect(await partsOf(given([]), here)).toEqual(['base', 'offers']);
      expect(here.questions).toEqual([expect.stringMatching(/^Bắt đầu từ mẫu nào\?\n {2}1 {2}mini-app/), 'Số hoặc tên [1]: ']);
    },
  );
});
