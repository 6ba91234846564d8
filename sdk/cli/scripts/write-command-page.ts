// Writes docs/cli.md from the commands; a test compares them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandPage } from '../src/commands/command-page.ts';
import { COMMANDS } from '../src/run.ts';

writeFileSync(path.resolve(import.meta.dirname, '../../../docs/cli.md'), commandPage(COMMANDS));
