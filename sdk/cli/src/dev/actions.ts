import { SCOPE_NAMES, type Scope } from '@chung/contracts';
import { z } from 'zod';
import { type Calls, DevCall } from './calls.ts';
import type { DevEndpoint } from './inbox.ts';
import type { PlatformProcess } from './platform-process.ts';
import { type DevFaults, NO_FAULTS } from './state.ts';

const ScopeName = z.enum(SCOPE_NAMES as [Scope, ...Scope[]]);
const CLOCK_SECONDS_MAX = 10 * 365 * 86_400;

const Faults = z.strictObject({
  token: z.enum(['valid', 'expired']),
  latencySeconds: z.number().min(0).max(30),
  network: z.enum(['up', 'unreachable', 'answers_lost']),
  rate: z.enum(['unlimited', 'limited']),
  deliveries: z.enum(['in_order', 'duplicated', 'reordered']),
});

const Consent = z.strictObject({ optional: z.array(ScopeName) });
const OneScope = z.strictObject({ scope: ScopeName });
const Redemption = z.strictObject({ redemptionId: z.string() });

/** What the page can change; `chung dev` keeps it. */
export interface Switches {
  member: string;
  language: 'vi' | 'en';
  faults: DevFaults;
  clockSeconds: number;
}

export interface ActionsSettings {
  readonly switches: Switches;
  readonly calls: Calls;
  readonly platform: PlatformProcess;
  readonly endpoint: DevEndpoint;
  readonly people: { agree(optional: readonly Scope[]): Promise<void>; reopen(): Promise<void>; granted(): ReadonlySet<Scope> };
  readonly clientId: () => string;
  readonly optional: () => readonly Scope[];
  readonly confirm: (redemptionId: string) => Promise<void>;
  readonly onChange: () => void;
}

/** What the page may ask for, each with its input checked. */
export function actionsOf(settings: ActionsSettings): Readonly<Record<string, (input: unknown) => Promise<unknown>>> {
  const { switches, calls, platform, endpoint, people, onChange } = settings;
  return {
    call: (input) => calls.make(DevCall.parse(input)),
    member: async (input) => {
      const { username } = z.strictObject({ username: z.enum(platform.members.map((member) => member.username)) }).parse(input);
      switches.member = username;
      await people.reopen();
    },
    language: async (input) => {
      switches.language = z.strictObject({ language: z.enum(['vi', 'en']) }).parse(input).language;
      onChange();
    },
    consent: async (input) => people.agree(Consent.parse(input).optional),
    allow: async (input) => {
      const { scope } = OneScope.parse(input);
      const kept = settings.optional().filter((one) => people.granted().has(one));
      await people.agree([...kept, scope]);
    },
    deny: async (input) => {
      const { scope } = OneScope.parse(input);
      await platform.withdraw({ username: switches.member, clientId: settings.clientId(), scope });
      await people.reopen();
    },
    faults: async (input) => {
      switches.faults = Faults.parse(input);
      onChange();
    },
    noFaults: async () => {
      switches.faults = NO_FAULTS;
      onChange();
    },
    clock: async (input) => {
      const { seconds } = z.strictObject({ seconds: z.number().min(-CLOCK_SECONDS_MAX).max(CLOCK_SECONDS_MAX) }).parse(input);
      const moved = await platform.move({ seconds });
      switches.clockSeconds = seconds;
      onChange();
      return moved;
    },
    replay: async (input) => endpoint.replay(z.strictObject({ eventId: z.string() }).parse(input).eventId),
    confirm: async (input) => settings.confirm(Redemption.parse(input).redemptionId),
  };
}
