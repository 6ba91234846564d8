import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/** Runs a program with its output in a log file; resolves with its exit code (127 when it cannot be started). */
export function runLogged(command, args, { logFile, env = process.env, cwd = root }) {
  const log = openSync(logFile, 'w');
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', log, log] });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => closeSync(log));
}

/** Runs a program in the foreground; resolves with its exit code. */
export function runShown(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a long-lived program, passes our signals on and ends as it ends.
 *
 * It gets a process group of its own: otherwise one Ctrl-C reaches it two or three times (terminal, npm, us) and
 * programs that take a second signal for "now, at once" would skip their clean-up. A signal repeated within a
 * second is taken for such an echo.
 */
export function runAttached(command, args, { env, cwd = root }) {
  const child = spawn(command, args, { cwd, env, stdio: 'inherit', detached: process.platform !== 'win32' });
  const lastSeen = new Map();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = Date.now();
      const isEcho = now - (lastSeen.get(signal) ?? 0) < 1000;
      lastSeen.set(signal, now);
      if (!isEcho) child.kill(signal);
    });
  }
  child.once('error', (error) => {
    process.stderr.write(`chung: ${command} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1)));
}

/** Runs a program and resolves with its exit code and all it wrote. */
export function runCaptured(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
