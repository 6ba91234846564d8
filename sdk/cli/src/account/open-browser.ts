import { spawn } from 'node:child_process';
import type { Terminal } from '../commands/command.ts';

/** How this machine opens an address; null where there is no browser to be seen (a server, a container, over ssh). */
export function browserOf({ env }: Pick<Terminal, 'env'>, platform: NodeJS.Platform): readonly string[] | null {
  // As on other tools: a program that is given the address, `none` for none.
  const named = env['BROWSER'] ?? '';
  if (named === 'none') return null;
  if (named !== '') return [named];
  if (platform === 'darwin') return ['open'];
  // Takes the address as one word; `cmd /c start` would read `&` in it.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : null;
}

/** Whether it opened nobody can know: the address is printed beside. */
export function openBrowser([program = '', ...words]: readonly string[], url: string): void {
  const child = spawn(program, [...words, url], { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
}
