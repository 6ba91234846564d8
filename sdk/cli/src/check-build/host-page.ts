// The page around the frame when the check opens a mini-app: a host as small as can be, with the real end of the bridge and a platform in
// memory behind it. Bundled when it is needed; nothing of it reaches members.
import { type Manifest, type MemberScope, SCOPES, type Scope } from '@chung/contracts';
import { type FrameMessage, handOver, readFrameMessage, serveBridge } from '@chung/host';
import { createFakePlatform } from '@chung/testing';

/** What the page is told by the server, as JSON in the document. */
export interface HostPageSettings {
  readonly frame: string;
  readonly language: 'vi' | 'en';
  readonly permissions: Manifest['req_permissions'];
}

declare global {
  /** What the frame has told, oldest first. */
  var chungTold: FrameMessage[];
}

const HAND_OVER_WITHIN_MS = 20_000;
const HOST_VERSION = 1_000_000;

globalThis.chungTold = [];
const settings: HostPageSettings = JSON.parse(document.querySelector('script[type="application/json"]')?.textContent ?? '{}');
const platform = createFakePlatform();
const member = platform.members.lan;
const isMemberScope = (name: Scope): name is MemberScope => SCOPES[name].holder === 'member' && SCOPES[name].sensitivity !== 'first-party';
const scopes = settings.permissions.filter(({ optional }) => !optional).map(({ name }) => name);
for (const name of scopes.filter(isMemberScope)) platform.grant(member, name);

const frame = document.createElement('iframe');
frame.title = 'Mini-app';
frame.setAttribute('sandbox', 'allow-scripts');
frame.src = settings.frame;
document.body.append(frame);

addEventListener('message', (event) => {
  const told = readFrameMessage(event, frame.contentWindow);
  if (told) globalThis.chungTold.push(told);
});

async function serve(): Promise<void> {
  const { contentWindow } = frame;
  if (!contentWindow) return;
  const port = await handOver({ frame: contentWindow, host: window, signal: AbortSignal.timeout(HAND_OVER_WITHIN_MS) });
  serveBridge({
    port,
    hostVersion: HOST_VERSION,
    granted: () => platform.granted(member),
    optional: settings.permissions.flatMap(({ name, optional }) => (optional ? [name] : [])),
    askScope: async (scope) => {
      if (!isMemberScope(scope)) return 'refused';
      platform.grant(member, scope);
      return 'granted';
    },
    invoke: (id, input) => platform.invoke(platform.asMember(member), id, input),
    surroundings: { language: settings.language, theme: 'light', safeArea: { top: 0, right: 0, bottom: 0, left: 0 }, visible: true },
    onCut: () => frame.remove(),
  });
}

// A document that is loaded anew in the frame (hot reload that could not keep what runs) speaks for the first time again.
let loads = 0;
frame.addEventListener('load', () => {
  loads += 1;
  if (loads > 1) void serve().catch(() => {});
});
// An app that never speaks to its host has nobody to hand a channel to, which is no mistake.
void serve().catch(() => {});
