// From nothing to a submitted mini-app, as a stranger does it: four commands, outside this repository, with the packages as npm installs them.
// It prints each command with its seconds, and the steps that were needed in a portal.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { packedPackages } from '../../platform/setup/sdk-packages.mjs';
import { findBrowser, launchBrowser } from '../harness/browser.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { openRegistry, type Registry } from './registry.ts';

const MINUTE_MS = 60_000;
/** What a developer sees change after saving a file. */
const HOT_RELOAD_MS = 1_000;
const run = promisify(execFile);

interface Step {
  readonly command: string;
  readonly seconds: number;
  readonly portalSteps: number;
}

const steps: Step[] = [];
let folder: string;
let app: string;
let registry: Registry;
let platform: TestPlatform;
let browser: Browser;
let env: NodeJS.ProcessEnv;
let dev: ChildProcess | null = null;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-first-app-'));
  app = path.join(folder, 'qua-dau-tien');
  registry = await openRegistry(await packedPackages({ node: process.execPath, env: process.env }), folder);
  [platform, browser] = await Promise.all([startTestPlatform(), launchBrowser()]);
  const { path: chromium, env: ofChromium } = await findBrowser();
  env = {
    ...process.env,
    ...registry.env,
    ...ofChromium,
    ...{ CHUNG_LANG: 'en', CHROMIUM_PATH: chromium, XDG_CONFIG_HOME: path.join(folder, 'config'), npm_config_prefer_offline: 'true' },
  };
}, 8 * MINUTE_MS);
afterAll(async () => {
  signalGroup('SIGKILL');
  await browser?.close();
  await platform?.close();
  await registry?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
  const rows = steps.map(
    ({ command, seconds, portalSteps }) => `${command.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s ${portalSteps} portal steps`,
  );
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  process.stdout.write(`\n${rows.join('\n')}\n${`${steps.length} commands`.padEnd(44)} ${total.toFixed(1).padStart(6)} s 0 portal steps\n`);
});

/** As a terminal does at Ctrl-C: npx, its shell and the program hear it. */
function signalGroup(signal: NodeJS.Signals): void {
  try {
    if (dev?.pid !== undefined) process.kill(-dev.pid, signal);
  } catch {
    // All of it has ended.
  }
}

/** Each step stands on the one before. */
beforeEach(({ skip, task }) =>
  skip(
    task.file.tasks.some(({ result }) => result?.state === 'fail'),
    'an earlier step failed',
  ),
);

async function timed<Value>(command: string, work: () => Promise<Value>): Promise<Value> {
  const began = performance.now();
  const value = await work();
  steps.push({ command, seconds: (performance.now() - began) / 1000, portalSteps: 0 });
  return value;
}

test('create: a project that is installed, from a name alone', { timeout: 5 * MINUTE_MS }, async () => {
  const words = ['--yes', '@chung/cli', 'create', 'Quà đầu tiên', '--template', 'both'];
  const { stdout } = await timed('npx @chung/cli create "Quà đầu tiên"', () => run('npx', words, { cwd: folder, env }));
  expect(stdout).toContain('npx chung dev');
  expect(JSON.parse(await readFile(path.join(app, 'package.json'), 'utf8')).devDependencies).toHaveProperty('@chung/cli');
});

/** The lines of `chung dev --json`, and a promise of the first with this event. */
function following(child: ChildProcess) {
  const seen: { event: string; url?: string }[] = [];
  let tell = () => {};
  const ended = new Promise<never>((_, reject) => child.stdout?.once('end', () => reject(new Error('chung dev ended'))));
  ended.catch(() => {});
  if (!child.stdout) throw new Error('its output is not followed');
  createInterface({ input: child.stdout }).on('line', (line) => {
    seen.push(JSON.parse(line));
    tell();
  });
  return async (event: string) => {
    for (;;) {
      const found = seen.find((one) => one.event === event);
      if (found) return found;
      await Promise.race([new Promise<void>((resolve) => (tell = resolve)), ended]);
    }
  };
}

test('dev: the page loads in a browser, a change is seen in under a second, a claim reaches the backend', {
  timeout: 4 * MINUTE_MS,
}, async () => {
  const page = await (await browser.newContext()).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const screen = page.frameLocator('iframe');
  let told: ReturnType<typeof following> = async () => ({ event: '' });
  let address = '';
  await timed('npx chung dev', async () => {
    const child = spawn('npx', ['chung', 'dev', '--json'], { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    dev = child;
    told = following(child);
    address = (await told('ready')).url ?? '';
    await page.goto(address);
    await screen.getByRole('heading', { name: 'Offers for you' }).waitFor();
    await screen.getByText('20% off the first time').waitFor();
  });

  const words = path.join(app, 'src/words.ts');
  const before = await readFile(words, 'utf8');
  const began = performance.now();
  await writeFile(words, before.replace('Offers for you', 'Offers picked for you'));
  await screen.getByRole('heading', { name: 'Offers picked for you' }).waitFor();
  const seenAfter = performance.now() - began;
  process.stdout.write(`hot reload seen after ${Math.round(seenAfter)} ms\n`);
  expect(seenAfter).toBeLessThan(HOT_RELOAD_MS);

  // What does not compile is shown with its place, and gone once it is mended.
  await writeFile(words, `${before}\nexport const broken = ;\n`);
  await page.getByRole('alert').getByText('src/words.ts').waitFor();
  await writeFile(words, before);
  await screen.getByRole('heading', { name: 'Offers for you' }).waitFor();
  await page.getByRole('alert').waitFor({ state: 'detached' });

  await screen.getByRole('button', { name: 'Claim this offer' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Allow' }).click();
  await screen.getByText('You have claimed it').waitFor();
  await page.getByRole('tab', { name: 'Webhooks' }).click();
  await page.getByText('redemption.fulfilled.v1', { exact: true }).waitFor();
  for (const tab of ['Scopes', 'Faults', 'Clock', 'Webhooks', 'Calls', 'Accounts']) {
    await page.getByRole('tab', { name: tab }).click();
    const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
    expect(violations.map(({ id, nodes }) => `${tab}: ${id} ${nodes[0]?.html}`)).toEqual([]);
  }
  expect(complaints).toEqual([]);
  signalGroup('SIGINT');
  await told('stopping');
  // npx leaves at once; the command closes what it opened, and then nobody answers any more.
  await expect
    .poll(
      () =>
        fetch(address).then(
          () => 'open',
          () => 'closed',
        ),
      { timeout: MINUTE_MS / 2 },
    )
    .toBe('closed');
  dev = null;
});

test('check: nothing to put right, the build twice the same, the screen looked at in a browser', { timeout: 3 * MINUTE_MS }, async () => {
  const { stdout } = await timed('npx chung check', () => run('npx', ['chung', 'check', '--json'], { cwd: app, env }));
  expect(JSON.parse(stdout).findings).toEqual([]);
});

/** Stands for the person and their browser: signs in as a partner on the pages that open, and allows. */
const PERSON = (username: string, password: string) => `#!/usr/bin/env node
const jar = new Map();
const send = async (url, init = {}) => {
  const cookie = [...jar].map(([name, value]) => name + '=' + value).join('; ');
  const response = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
  for (const line of response.headers.getSetCookie()) { const [pair] = line.split(';'); const at = pair.indexOf('='); jar.set(pair.slice(0, at), pair.slice(at + 1)); }
  const next = response.headers.get('location');
  return next ? send(new URL(next, url)) : { url, text: await response.text() };
};
const submit = (page, fields) => {
  const [, action, form] = /<form[^>]* action="([^"]+)"[^>]*>([\\s\\S]*?)<\\/form>/.exec(page.text);
  const body = new URLSearchParams(fields);
  for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) body.append(name, value);
  return send(new URL(action, page.url), { method: 'POST', body });
};
let page = await send(new URL(process.argv[2]));
if (page.text.includes('name="password"')) page = await submit(page, { username: ${JSON.stringify(username)}, password: ${JSON.stringify(password)} });
if (page.text.includes('value="allow"')) page = await submit(page, { decision: 'allow' });
`;

test('submit: signs in through the browser, checks, builds and sends; answers with the place in the queue', {
  timeout: 4 * MINUTE_MS,
}, async () => {
  const [partner] = platform.demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  const person = path.join(folder, 'person.mjs');
  await writeFile(person, PERSON(partner.username, partner.password));
  await chmod(person, 0o755);
  const words = ['chung', 'submit', '--issuer', platform.baseUrl, '--json'];
  const { stdout } = await timed('npx chung submit', () => run('npx', words, { cwd: app, env: { ...env, BROWSER: person } }));
  expect(JSON.parse(stdout)).toMatchObject({
    sent: 'now',
    submission: { appId: 'vn.example.qua-dau-tien', state: 'submitted', queuePosition: 1 },
  });
  expect(steps).toHaveLength(4);
});
