// What the page of `chung dev` shows. It gets the whole of it at every change, so page and command cannot disagree.
import type { Language, Scope, Text } from '@chung/contracts';
import type { AppliedApp, DevMember } from './protocol.ts';

/** What goes wrong on purpose. The words are those of `@chung/testing`. */
export interface DevFaults {
  /** `expired`: calls go out with a token that is worth nothing and is not renewed. */
  readonly token: 'valid' | 'expired';
  /** Before each answer. */
  readonly latencySeconds: number;
  /** `answers_lost`: the call arrives and takes effect, and the answer is lost. */
  readonly network: 'up' | 'unreachable' | 'answers_lost';
  readonly rate: 'unlimited' | 'limited';
  /** How webhooks reach the backend: each once and in order, each twice, or the newer of two first. */
  readonly deliveries: 'in_order' | 'duplicated' | 'reordered';
}

export const NO_FAULTS: DevFaults = { token: 'valid', latencySeconds: 0, network: 'up', rate: 'unlimited', deliveries: 'in_order' };

export interface ScopeLine {
  readonly scope: Scope;
  readonly title: Text;
  readonly purpose: Text | null;
  /** What the manifest says of it. */
  readonly declared: 'required' | 'optional' | 'no';
  /** Whether the present member has granted it; `backend` for what no member grants. */
  readonly granted: 'granted' | 'denied' | 'backend';
  /** Places in the source that need it, as `src/app.tsx:12`; null while they are worked out. */
  readonly inferred: readonly string[] | null;
  /** Calls since the start that needed it. */
  readonly used: number;
}

export interface CallLine {
  readonly id: number;
  readonly at: string;
  readonly operation: string;
  readonly scope: Scope | null;
  /** 200, the problem's status, or null when no answer came. */
  readonly status: number | null;
  readonly code: string | null;
  readonly milliseconds: number;
}

export interface InboxLine {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  /** The event as it came. */
  readonly body: string;
  /** How often it came: the platform repeats what was not answered with 2xx. */
  readonly arrivals: number;
  /** What the backend answered, each time it was handed on. */
  readonly forwarded: readonly (number | 'no_answer')[];
}

export interface BuildLine {
  readonly status: 'none' | 'building' | 'ready' | 'failed';
  readonly milliseconds: number;
  readonly problems: readonly Text[];
  /** Rises with each build. */
  readonly count: number;
}

export interface BackendLine {
  readonly status: 'none' | 'running' | 'ended';
  readonly url: string | null;
  readonly lines: readonly string[];
}

export interface DevState {
  readonly app: {
    readonly appId: string;
    readonly name: Text;
    readonly version: string;
    readonly screen: 'yes' | 'no';
    /** What is wrong in the manifest as it stands in the file; what runs is the last one that was right. */
    readonly problems: readonly Text[];
  };
  readonly language: Language;
  readonly urls: { readonly platform: string; readonly portal: string; readonly admin: string };
  readonly partner: AppliedApp['partner'];
  readonly admin: { readonly username: string; readonly password: string };
  /** With their passwords: development defaults, to sign in to the member app with. */
  readonly members: readonly DevMember[];
  readonly member: string;
  readonly consent: 'given' | 'needed' | 'changing';
  readonly scopes: readonly ScopeLine[];
  readonly findings: number | null;
  readonly faults: DevFaults;
  /** Seconds that the platform's clock is ahead. */
  readonly clockSeconds: number;
  readonly build: BuildLine;
  readonly offers: readonly {
    readonly ref: string;
    readonly offerId: string;
    readonly state: string;
    readonly title: Text;
    readonly problems: readonly Text[];
  }[];
  readonly calls: readonly CallLine[];
  readonly inbox: readonly InboxLine[];
  readonly backend: BackendLine;
}

/** How a call of the mini-app ended, as it goes from the command to the page. */
export type CallAnswer =
  | { readonly kind: 'value'; readonly value?: unknown }
  | {
      readonly kind: 'problem';
      readonly problem: { readonly status: number; readonly code: string };
      readonly retryAfterSeconds: number | null;
    }
  | { readonly kind: 'unreachable' };
