import {
  type BridgeLimits,
  type BridgePort,
  type CutReason,
  isScope,
  type MemberScope,
  SCOPES,
  type Scope,
  type Surroundings,
} from '@chung/contracts';
import { type AllowedOperation, serveBridge } from '@chung/host';
import { createFakePlatform, type FakePlatform } from './fake-platform.ts';
import type { FakeMember } from './fixtures.ts';

export interface FakeHostSettings {
  /** A platform of its own unless told. */
  readonly platform?: FakePlatform;
  /** Whose phone it is; Lan’s unless told. */
  readonly member?: FakeMember;
  /** What the member granted before the start. */
  readonly scopes: readonly MemberScope[];
  /** The optional scopes of the manifest. */
  readonly optional?: readonly MemberScope[];
  /** What the member will say when asked; yes unless told. */
  readonly willGrant?: readonly MemberScope[];
  readonly surroundings?: Partial<Surroundings>;
  readonly hostVersion?: number;
  /** To take operations away, or to need a newer host for them. */
  readonly operations?: readonly AllowedOperation[];
  readonly limits?: Partial<BridgeLimits>;
}

export interface FakeHost {
  /** For `createMiniApp({ port })`. */
  readonly port: BridgePort;
  readonly platform: FakePlatform;
  readonly member: FakeMember;
  /** Scopes the member was asked for, in order. */
  readonly asked: readonly Scope[];
  /** Whether the mini-app has taken the back button. */
  readonly isBackHandled: boolean;
  /** Set when the mini-app broke a limit. */
  readonly cut: CutReason | null;
  grant(scope: MemberScope): void;
  withdraw(scope: MemberScope): void;
  surround(change: Partial<Surroundings>): void;
  pressBack(): void;
  close(): void;
}

const SURROUNDINGS: Surroundings = {
  language: 'vi',
  theme: 'light',
  safeArea: { top: 0, right: 0, bottom: 0, left: 0 },
  visible: true,
};

/**
 * A host in memory: the real end of the bridge over a `MessageChannel`, a fake platform behind it. Close it after the test, or the channel
 * keeps the process alive.
 *
 * @example
 * const host = createFakeHost({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'] });
 * const app = await createMiniApp({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'], port: host.port });
 * host.withdraw('offers:read');
 */
export function createFakeHost(settings: FakeHostSettings): FakeHost {
  const { platform = createFakePlatform(), optional = [], willGrant = optional } = settings;
  const member = settings.member ?? platform.members.lan;
  const { port1, port2 } = new MessageChannel();
  for (const scope of settings.scopes) platform.grant(member, scope);
  const asked: Scope[] = [];
  let isBackHandled = false;
  let cut: CutReason | null = null;
  const denied = () => platform.switches.faults.deniedScopes;
  const granted = () => new Set([...platform.granted(member)].filter((scope) => !denied().includes(scope)));
  const bridge = serveBridge({
    port: port1,
    hostVersion: settings.hostVersion ?? 1,
    ...(settings.operations && { operations: settings.operations }),
    ...(settings.limits && { limits: settings.limits }),
    granted,
    optional,
    surroundings: { ...SURROUNDINGS, ...settings.surroundings },
    invoke: (id, input) => platform.invoke(platform.asMember(member), id, input),
    askScope: async (scope) => {
      asked.push(scope);
      if (!isMemberScope(scope) || !willGrant.includes(scope)) return 'refused';
      platform.grant(member, scope);
      return 'granted';
    },
    onBackHandled: (handled) => {
      isBackHandled = handled;
    },
    onCut: (reason) => {
      cut = reason;
    },
  });
  return {
    port: port2,
    platform,
    member,
    asked,
    get isBackHandled() {
      return isBackHandled;
    },
    get cut() {
      return cut;
    },
    grant: (scope) => {
      platform.grant(member, scope);
      bridge.scopesChanged();
    },
    withdraw: (scope) => {
      platform.withdraw(member, scope);
      bridge.scopesChanged();
    },
    surround: bridge.surround,
    pressBack: bridge.pressBack,
    close: () => {
      bridge.close();
      port2.close();
    },
  };
}

const isMemberScope = (scope: Scope): scope is MemberScope =>
  isScope(scope) && SCOPES[scope].holder === 'member' && SCOPES[scope].sensitivity !== 'first-party';
