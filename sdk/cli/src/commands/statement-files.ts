import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, type Terminal } from './command.ts';

/** A file's JSON. Throws a `CliError`: with exit code 2 when there is no such file, with 1 when it is damaged. */
export function readJsonFile(name: string, terminal: Pick<Terminal, 'cwd'>): unknown {
  return jsonIn(textOf(name, terminal), name);
}

/** Events as a JSON list, as a page of the API (`items`), or one a line as `chung events list --json` writes them. */
export function readEventsFile(name: string, terminal: Pick<Terminal, 'cwd'>): unknown {
  const text = textOf(name, terminal);
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, place: `${name}:${index + 1}` }]));
  const [first, ...more] = lines;
  if (!first) return [];
  // A document over many lines does not begin with a line that is whole.
  if (more.length === 0 || !isJson(first.line)) return itemsOf(jsonIn(text, name));
  return lines.map(({ line, place }) => jsonIn(line, place));
}

/** A list, a page as the API answers it, or an event alone. */
function itemsOf(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'items' in value) return value.items;
  return Array.isArray(value) ? value : [value];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function jsonIn(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser quotes what it met, which may be long.
    const said = cause instanceof Error ? (cause.message.split('\n')[0] ?? '').slice(0, 120) : '';
    throw new CliError({
      text: { vi: `${place} không phải JSON: ${said}.`, en: `${place} is no JSON: ${said}.` },
      next: { vi: 'Tệp bị hỏng hoặc bị cắt; hãy tải lại.', en: 'The file is damaged or cut off; fetch it again.' },
      exitCode: 1,
      cause,
    });
  }
}

function textOf(name: string, { cwd }: Pick<Terminal, 'cwd'>): string {
  try {
    // Some editors begin a file with a mark that JSON does not know.
    return readFileSync(path.resolve(cwd, name), 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new CliError({
      text: { vi: `Không đọc được tệp ${name}.`, en: `The file ${name} cannot be read.` },
      next: { vi: 'Kiểm tra đường dẫn.', en: 'Check its path.' },
      exitCode: 2,
      cause,
    });
  }
}
