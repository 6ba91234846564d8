import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { chungIn } from '../../testing/chung.ts';
import { COMMANDS } from '../run.ts';
import { commandPage } from './command-page.ts';

const page = commandPage(COMMANDS);

test('docs/cli.md is what the commands say of themselves; `npm run --workspace @chung/cli generate` writes it', () => {
  expect(readFileSync(path.resolve(import.meta.dirname, '../../../../docs/cli.md'), 'utf8')).toBe(page);
});

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  'of %s the page and the help tell the same options, in both languages',
  async (name, command) => {
    const section = page.slice(page.indexOf(`\n## \`chung ${name}\``));
    for (const language of ['vi', 'en'] as const) {
      const { code, out } = await chungIn('.', [name, '--help'], { language });
      expect([code, out]).toEqual([0, expect.stringContaining(command.usage)]);
      for (const { name: option, about } of command.options) {
        expect(out).toContain(`--${option}`);
        expect(out).toContain(about[language]);
        expect(section).toContain(about[language]);
      }
    }
  },
);
