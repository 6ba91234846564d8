// The platform of `chung dev`: all of it, on an embedded PostgreSQL, with the demo's people and a clock that moves.
import path from 'node:path';
import { type DevMember, type DevMessage, DevRequest, DevStart } from '@chung/cli/dev-protocol';
import type { MemberGrant, MemberId, Scope, Text } from '@chung/contracts';
import type { Platform } from '../compose.ts';
import { readConfig } from '../config.ts';
import { DEMO_MEMBERS, DEMO_PASSWORDS } from '../demo/people.ts';
import { seedDemo } from '../demo/seed.ts';
import { DomainError } from '../kernel/errors.ts';
import { StartupError } from '../kernel/startup-error.ts';
import { closeAll, runPlatform } from '../run-platform.ts';
import { applyApp } from './apply-app.ts';
import { createMovableClock, type MovableClock } from './movable-clock.ts';

/** Beside the few people that one signs in as; enough that lists have pages. */
const REGISTER_MEMBERS = '300';
/** A page that is reloaded all the time is no flood. */
const RATE_FACTOR = '50';

const tell = (message: DevMessage) => void process.send?.(message);
const say = (line: string) => tell({ kind: 'said', line });

interface Running {
  readonly platform: Platform;
  readonly clock: MovableClock;
  readonly dataDirectory: string;
}

async function start(argument: string | undefined, closers: (() => Promise<void>)[]): Promise<void> {
  const asked = DevStart.parse(JSON.parse(argument ?? ''));
  const settings = {
    PORT: String(asked.port),
    CHUNG_DATA_DIR: asked.dataDirectory,
    CHUNG_DEMO_MEMBERS: REGISTER_MEMBERS,
    CHUNG_RATE_FACTOR: RATE_FACTOR,
    CHUNG_WEBHOOK_HOSTS: asked.webhookHosts.join(','),
  };
  let clock: MovableClock | null = null;
  const { platform, config } = await runPlatform(
    {
      config: readConfig(settings, path.dirname(asked.dataDirectory)),
      say,
      databaseUrls: async ({ ownerUrl, serverUrl }) => {
        clock = await createMovableClock({ ownerUrl, serverUrl });
        closers.push(clock.close);
        return { serverUrl: clock.url, identityUrl: serverUrl };
      },
      prepare: async (running) => void (await seedDemo({ ...running, say })),
    },
    closers,
  );
  if (!clock) throw new Error('the platform opened no database');
  const running = { platform, clock, dataDirectory: config.dataDirectory };
  process.on('message', (message) => void answer(running, DevRequest.parse(message)));
  const admin = { username: 'admin', password: DEMO_PASSWORDS.admin };
  tell({ kind: 'ready', baseUrl: config.baseUrl, members: DEMO_MEMBERS.map(memberOf), admin });
}

/** What sets the people apart, for whoever picks one. */
function memberOf({ username, fullName, provinceCode, role, verified }: (typeof DEMO_MEMBERS)[number]): DevMember {
  const roles: Readonly<Record<typeof role, Text>> = {
    member: { vi: 'đoàn viên', en: 'member' },
    officer: { vi: 'cán bộ đoàn', en: 'officer' },
    secretary: { vi: 'bí thư', en: 'secretary' },
  };
  const standing = verified ? { vi: 'đã xác thực', en: 'verified' } : { vi: 'chưa xác thực', en: 'not verified' };
  const note = { vi: `${roles[role].vi}, ${standing.vi}`, en: `${roles[role].en}, ${standing.en}` };
  return { username, password: DEMO_PASSWORDS.member, name: fullName, province: provinceCode, note };
}

async function answer(running: Running, request: DevRequest): Promise<void> {
  const { id } = request;
  try {
    tell({ kind: 'done', id, value: await carryOut(running, request) });
  } catch (error) {
    // An error of ours keeps its stack for the log of the project; the person reads one sentence.
    if (!(error instanceof DomainError)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    tell({ kind: 'refused', id, problem: problemOf(error) });
  }
}

function problemOf(error: unknown): Text {
  if (error instanceof DomainError) {
    const reasons = error.extras.reasons?.map(({ text }) => text) ?? [];
    const fields = error.extras.fields?.map(({ path: place, message }) => `${place}: ${message}`).join('; ') ?? '';
    const [first = error.extras.detail] = reasons;
    return first ?? { vi: fields || error.code, en: fields || error.code };
  }
  const said = error instanceof Error ? error.message : String(error);
  return { vi: said, en: said };
}

async function carryOut(running: Running, request: DevRequest): Promise<unknown> {
  switch (request.ask) {
    case 'apply':
      return applyApp(running, request.manifest);
    case 'grants':
      return { scopes: (await grantOf(running.platform, request))?.scopes.map(({ scope }) => scope) ?? [] };
    case 'withdraw':
      return withdraw(running.platform, request);
    case 'move': {
      const now = await running.clock.move(request.seconds);
      // What the passing of time brings about (holds that lapse, draws) is seen at once and not a few seconds later.
      for (const job of Object.values(running.platform.jobs)) await job();
      return { now: now.toISOString() };
    }
  }
}

interface OfMember {
  readonly username: string;
  readonly clientId: string;
}

async function memberIdOf({ members }: Platform, username: string): Promise<MemberId> {
  const code = DEMO_MEMBERS.find((member) => member.username === username)?.memberCode;
  const member = code === undefined ? null : await members.findByCode(code);
  if (!member) throw new DomainError('not_found');
  return member.id;
}

async function grantOf(platform: Platform, { username, clientId }: OfMember): Promise<MemberGrant | undefined> {
  const memberId = await memberIdOf(platform, username);
  const { items } = await platform.identity.listGrants({ memberId, cursor: undefined, limit: 100 });
  return items.find(({ app }) => app.clientId === clientId);
}

/** As the member would in the privacy centre; a scope that is not granted is as good as withdrawn. */
async function withdraw(platform: Platform, { scope, ...of }: OfMember & { readonly scope: Scope }): Promise<null> {
  const grant = await grantOf(platform, of);
  if (grant?.scopes.some((granted) => granted.scope === scope)) {
    const memberId = await memberIdOf(platform, of.username);
    await platform.identity.withdrawScope({ memberId, grantId: grant.id, scope, language: 'vi' });
  }
  return null;
}

const closers: (() => Promise<void>)[] = [];
let isStopping = false;
const stop = () => {
  if (isStopping) return;
  isStopping = true;
  void closeAll(closers).then(() => process.exit(0));
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// `chung dev` is gone, however it went: nothing is left behind.
process.on('disconnect', stop);

start(process.argv[2], closers).catch(async (error: unknown) => {
  const reason = error instanceof StartupError ? error.message : error instanceof Error ? String(error.stack) : String(error);
  tell({ kind: 'failed', reason });
  await closeAll(closers);
  process.exit(1);
});
