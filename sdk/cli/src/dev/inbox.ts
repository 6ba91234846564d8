import { connectPartner } from '@chung/client/partner';
import { z } from 'zod';
import type { AppliedApp } from './protocol.ts';
import type { DevFaults, InboxLine } from './state.ts';

const EVENTS_MAX = 200;
const ANSWER_WITHIN_MS = 10_000;
/** How long a delivery waits to be overtaken by the next, when deliveries are to come in the wrong order. */
const OVERTAKEN_WITHIN_MS = 2_000;
/** What marks our endpoint among others that the developer may have made. */
const DESCRIPTION = 'chung dev';

const Envelope = z.looseObject({ id: z.string(), type: z.string() });

export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface InboxSettings {
  /** The backend's address for webhooks, when there is a backend. */
  readonly forwardTo: () => string | null;
  readonly faults: () => Pick<DevFaults, 'deliveries'>;
  readonly onChange: () => void;
}

export interface Inbox {
  readonly lines: readonly InboxLine[];
  /** Takes a delivery of the platform, hands it on, and answers the status for the platform. */
  take(delivery: Delivery): Promise<number>;
}

/** The webhook inbox: what the platform sends, kept to look at, and handed on to the backend as it came, signature and all. */
export function createInbox(settings: InboxSettings): Inbox {
  const lines: InboxLine[] = [];
  const note = (id: string, change: (line: InboxLine) => InboxLine) => {
    const at = lines.findIndex((line) => line.id === id);
    const line = lines[at];
    if (line) lines[at] = change(line);
    settings.onChange();
  };
  const handOn = async (id: string, delivery: Delivery): Promise<number> => {
    const to = settings.forwardTo();
    if (to === null) return 204;
    const status = await forward(to, delivery);
    note(id, (line) => ({ ...line, forwarded: [...line.forwarded, status] }));
    return status === 'no_answer' ? 502 : status;
  };
  const held = holdBack();
  return {
    lines,
    take: async (delivery) => {
      const event = envelopeOf(delivery.body);
      if (!event) return 400;
      const { id, type } = event;
      if (lines.some((line) => line.id === id)) note(id, (line) => ({ ...line, arrivals: line.arrivals + 1 }));
      else {
        lines.unshift({ id, type, at: new Date().toISOString(), body: delivery.body, arrivals: 1, forwarded: [] });
        lines.splice(EVENTS_MAX);
        settings.onChange();
      }
      switch (settings.faults().deliveries) {
        case 'in_order':
          return handOn(id, delivery);
        case 'duplicated':
          await handOn(id, delivery);
          return handOn(id, delivery);
        case 'reordered':
          // The platform is answered at once, or it would wait with the next one and nothing could overtake.
          held(() => handOn(id, delivery));
          return 204;
      }
    },
  };
}

function envelopeOf(body: string): z.infer<typeof Envelope> | null {
  try {
    const read = Envelope.safeParse(JSON.parse(body));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Holds one delivery until the next has gone, or for a while. */
function holdBack(): (work: () => Promise<unknown>) => void {
  let waiting: (() => Promise<unknown>) | null = null;
  return (work) => {
    if (waiting) {
      const earlier = waiting;
      waiting = null;
      void work().then(earlier);
      return;
    }
    waiting = work;
    setTimeout(() => {
      if (waiting !== work) return;
      waiting = null;
      void work();
    }, OVERTAKEN_WITHIN_MS).unref();
  };
}

async function forward(to: string, { headers, body }: Delivery): Promise<number | 'no_answer'> {
  try {
    const response = await fetch(to, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 'no_answer';
  }
}

export interface DevEndpoint {
  /** `whpk_…`: verifies what comes. */
  readonly publicKey: string;
  /** Sends an event again under its own id, through the platform. */
  replay(eventId: string): Promise<void>;
}

/** Has the platform send this partner's events to `url`, as its portal would be asked to. */
export async function openEndpoint({
  issuer,
  app,
  url,
}: {
  issuer: string;
  app: AppliedApp['console'];
  url: string;
}): Promise<DevEndpoint> {
  const chung = await connectPartner({ issuer, clientId: app.clientId, privateKey: app.privateKey, scopes: ['partner.webhooks:write'] });
  const { webhooks } = chung.partner;
  const { items } = await webhooks.list({ limit: 100 });
  const mine = items.find(({ description }) => description === DESCRIPTION);
  const endpoint = mine ? await webhooks.change({ endpointId: mine.id, url }) : await webhooks.create({ url, description: DESCRIPTION });
  // It may have rested while nobody listened.
  if (endpoint.state === 'paused') await webhooks.resume({ endpointId: endpoint.id });
  const publicKey = endpoint.keys.find((key) => key.publicKey !== null)?.publicKey;
  if (!publicKey) throw new Error('the endpoint has no public key');
  return {
    publicKey,
    replay: async (eventId) => {
      await webhooks.replays.create({ endpointId: endpoint.id, eventId });
    },
  };
}
