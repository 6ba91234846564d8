import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectPartner } from '@chung/client/partner';
import type { Manifest, Text } from '@chung/contracts';
import { frameDocument, frameRuntime } from '@chung/host/frame';
import { problemLine, type ServedMiniApp, serveMiniApp } from '../build/index.ts';
import { actionsOf, type Switches } from './actions.ts';
import { type Backend, hasBackend, startBackend } from './backend.ts';
import { createCalls } from './calls.ts';
import { type ConsoleServer, openConsole } from './console-server.ts';
import { createInbox, openEndpoint } from './inbox.ts';
import { createInference, type Inferred } from './inference.ts';
import { createPeople } from './people.ts';
import { type PlatformProcess, PlatformRefusal, startPlatform } from './platform-process.ts';
import { readProject, watchProject } from './project.ts';
import type { AppliedApp } from './protocol.ts';
import { scopeLines } from './scope-lines.ts';
import { type BuildLine, type DevState, NO_FAULTS } from './state.ts';

export interface DevSettings {
  readonly root: string;
  readonly manifest: Manifest;
  readonly node: string;
  readonly language: 'vi' | 'en';
  /** Of the page, and of the platform; 0 for any free one. */
  readonly ports: { readonly page: number; readonly platform: number };
  readonly onLine: (line: string) => void;
  readonly onBuild: (build: BuildLine) => void;
  /** What is wrong in the manifest, or with its offers; none when all is well again. */
  readonly onProblems: (problems: readonly Text[]) => void;
}

export interface DevSession {
  readonly url: string;
  readonly state: () => DevState;
  /** Resolves when the platform has ended by itself. */
  readonly broken: Promise<void>;
  close(): Promise<void>;
}

/** What is known of the project at this moment; changes with its files. */
interface Project {
  manifest: Manifest;
  problems: readonly Text[];
  app: AppliedApp;
  build: BuildLine;
  inferred: Inferred | null;
}

/** Where the platform's data and its log lie: beside the project, out of its history. */
function dataFolder(root: string): string {
  const folder = path.join(root, '.chung');
  mkdirSync(path.join(folder, 'dev'), { recursive: true });
  writeFileSync(path.join(folder, '.gitignore'), '*\n');
  return path.join(folder, 'dev');
}

/**
 * Everything that `chung dev` is: the platform with the app on it, the mini-app built and served, the backend, the inbox and the page.
 * Rejects with what keeps it from starting, and leaves nothing running then.
 */
export async function startDev(settings: DevSettings): Promise<DevSession> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    return { ...(await opened(settings, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Closers = (() => Promise<void> | void)[];

async function opened(settings: DevSettings, closers: Closers): Promise<Omit<DevSession, 'close'>> {
  const { root, manifest, node, language, ports, onLine } = settings;
  const start = { dataDirectory: dataFolder(root), port: ports.platform, webhookHosts: ['127.0.0.1'] };
  const platform = await startPlatform({ root, node, start, onLine });
  closers.push(platform.close);
  const project: Project = {
    ...{ manifest, problems: [], app: await platform.apply({ manifest }), inferred: null },
    build: { status: manifest.pages.length > 0 ? 'building' : 'none', milliseconds: 0, problems: [], count: 0 },
  };
  const [member] = platform.members;
  const switches: Switches = { member: member?.username ?? '', language, faults: NO_FAULTS, clockSeconds: 0 };
  const parts: Parts = { settings, platform, project, switches, backend: null, served: null, page: null };
  const changed = () => parts.page?.changed();
  const people = createPeople({ platform, app: () => project.app.miniApp, member: () => switches.member, onChange: changed });
  await people.reopen();
  const calls = createCalls({ platform: platform.baseUrl, session: people.session, faults: () => switches.faults, onChange: changed });
  const inbox = createInbox({ forwardTo: () => parts.backend?.webhookUrl ?? null, faults: () => switches.faults, onChange: changed });
  const state = () => stateOf(parts, { people, calls, inbox });

  // The endpoint's address is the page's, and the page's actions need the endpoint: the page comes first, and waits.
  const late: { actions: Parameters<typeof openConsole>[1]['actions'] } = { actions: {} };
  const page = await openConsole(ports.page, {
    state,
    get actions() {
      return late.actions;
    },
    frame: (asked) => frameOf(parts, asked),
    runtime: async () => (await frameRuntime('development')).source,
    take: inbox.take,
    onError: problemOf,
  });
  parts.page = page;
  closers.push(page.close);
  const app = project.app.console;
  const endpoint = await openEndpoint({ issuer: platform.baseUrl, app, url: `${page.origin}/inbox` });
  late.actions = actionsOf({
    ...{ switches, calls, platform, endpoint, people, onChange: changed },
    clientId: () => project.app.miniApp.clientId,
    optional: () => project.app.miniApp.optional,
    confirm: await confirming(platform, app),
  });
  if (hasBackend(root) === 'yes') {
    const environment = { issuer: platform.baseUrl, backend: project.app.backend, webhookKey: endpoint.publicKey };
    const backend = await startBackend({ root, environment, onChange: changed });
    parts.backend = backend;
    closers.push(backend.close);
  }
  await follow(parts, { closers, changed, reopen: people.reopen });
  return { url: `${page.origin}/`, state, broken: platform.ended };
}

async function confirming(platform: PlatformProcess, app: AppliedApp['console']) {
  const { partner } = await connectPartner({ ...app, issuer: platform.baseUrl, scopes: ['partner.redemptions:fulfil'] });
  return async (redemptionId: string) => void (await partner.redemptions.confirm({ redemptionId }));
}

interface Parts {
  readonly settings: DevSettings;
  readonly platform: PlatformProcess;
  readonly project: Project;
  readonly switches: Switches;
  backend: Backend | null;
  served: ServedMiniApp | null;
  page: ConsoleServer | null;
}

/** Builds, works out scopes and applies the manifest, each again when its files change. */
async function follow(
  parts: Parts,
  { closers, changed, reopen }: { closers: Closers; changed: () => void; reopen: () => Promise<void> },
): Promise<void> {
  const { settings, project, platform } = parts;
  const { root } = settings;
  const inference = createInference(root, (inferred) => {
    project.inferred = inferred;
    changed();
  });
  closers.push(inference.close);
  if (project.manifest.pages.length > 0) {
    const served = await serveMiniApp({
      root,
      port: 0,
      onBuilt: ({ milliseconds, problems }) => {
        const status = problems.length > 0 ? 'failed' : 'ready';
        project.build = {
          status,
          milliseconds,
          problems: problems.map((one) => ({ vi: problemLine(one, 'vi'), en: problemLine(one, 'en') })),
          count: project.build.count + 1,
        };
        settings.onBuild(project.build);
        changed();
      },
    });
    parts.served = served;
    closers.push(served.close);
  }
  const applyManifest = async () => {
    const { manifest, problems } = readProject(root);
    project.problems = problems;
    if (manifest) {
      try {
        project.app = await platform.apply({ manifest });
        project.manifest = manifest;
        await reopen();
      } catch (error) {
        project.problems = [problemOf(error)];
      }
    }
    settings.onProblems(problemsIn(project));
    inference.ask();
    changed();
  };
  // One after the other: what is written while one is applied comes after it, and wins.
  let applying = Promise.resolve();
  const applyInTurn = () => {
    applying = applying.then(applyManifest);
  };
  const watcher = watchProject(root, { onManifest: applyInTurn, onSource: inference.ask });
  closers.push(watcher.close);
  inference.ask();
  if (problemsIn(project).length > 0) settings.onProblems(problemsIn(project));
}

/** Those of the file, and what the platform's review says of each offer. */
function problemsIn({ problems, app }: Project): readonly Text[] {
  const ofOffers = app.offers.flatMap(({ ref, problems: said }) =>
    said.map(({ vi, en }) => ({ vi: `${ref}: ${vi}`, en: `${ref}: ${en}` })),
  );
  return [...problems, ...ofOffers];
}

function frameOf({ served, project, page, backend }: Parts, language: 'vi' | 'en') {
  if (!served || !page) return null;
  const { manifest } = project;
  return frameDocument({
    ...{ appId: manifest.app_id, entryUrl: served.entry, runtimeUrl: `${page.origin}/frame/runtime.js`, language },
    allowedHosts: manifest.allowed_hosts.map(({ host }) => host),
    title: manifest.name[language],
    hostOrigins: [page.origin, page.origin.replace('127.0.0.1', 'localhost')],
    development: { origins: [served.origin, ...(backend?.line.url ? [backend.line.url] : [])] },
  });
}

interface Around {
  readonly people: ReturnType<typeof createPeople>;
  readonly calls: ReturnType<typeof createCalls>;
  readonly inbox: ReturnType<typeof createInbox>;
}

function stateOf({ platform, project, switches, backend }: Parts, { people, calls, inbox }: Around): DevState {
  const { manifest, app, inferred } = project;
  const titles = new Map(manifest.offers.map(({ ref, draft }) => [ref, draft.title]));
  return {
    app: {
      appId: manifest.app_id,
      name: manifest.name,
      version: manifest.version.name,
      screen: manifest.pages.length > 0 ? 'yes' : 'no',
      problems: project.problems,
    },
    language: switches.language,
    urls: { platform: platform.baseUrl, portal: `${platform.baseUrl}/partner/`, admin: `${platform.baseUrl}/admin/` },
    partner: app.partner,
    admin: platform.admin,
    members: platform.members,
    member: switches.member,
    consent: people.consent(),
    scopes: scopeLines({ manifest, granted: people.granted(), inferred, used: calls.used }),
    findings: inferred?.findings ?? null,
    faults: switches.faults,
    clockSeconds: switches.clockSeconds,
    build: project.build,
    offers: app.offers.map((offer) => ({ ...offer, title: titles.get(offer.ref) ?? { vi: offer.ref, en: offer.ref } })),
    calls: calls.lines,
    inbox: inbox.lines,
    backend: backend?.line ?? { status: 'none', url: null, lines: [] },
  };
}

function problemOf(error: unknown): Text {
  if (error instanceof PlatformRefusal) return error.text;
  const said = error instanceof Error ? error.message : String(error);
  return { vi: said, en: said };
}
