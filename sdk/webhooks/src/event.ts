import { EVENT_TYPES, type EventData, type EventType, WebhookPayload } from '@chung/contracts';
import { WebhookError } from './errors.ts';

interface Common {
  /** The event's id: the same each time it is delivered, so that you can see that you had it. */
  readonly id: string;
  /** When it occurred, not when it was sent. */
  readonly occurredAt: Date;
}

type KnownEvent = { [Type in EventType]: Common & { readonly type: Type; readonly data: EventData<Type> } }[EventType];

/** A type that is newer than this version of the package. Answer 2xx all the same: a refusal holds up the events behind it. */
interface UnknownEvent extends Common {
  readonly type: 'unknown';
  readonly typeName: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event of the platform. `switch (event.type)` tells TypeScript what `data` holds. */
export type WebhookEvent = KnownEvent | UnknownEvent;

const isKnown = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type);

/** Parses a body whose signature was checked. */
export function eventOf(body: string, webhookId: string): WebhookEvent {
  const payload = WebhookPayload.safeParse(jsonOf(body));
  if (!payload.success) throw new WebhookError('unexpected_payload', 'The body is no event.', { cause: payload.error });
  const { id, type, timestamp, data } = payload.data;
  // Both are signed; were they two, a receiver that trusts one would act twice on the other.
  if (id !== webhookId) throw new WebhookError('unexpected_payload', 'The ids of header and body differ.');
  const common = { id, occurredAt: new Date(timestamp) };
  if (!isKnown(type)) return { ...common, type: 'unknown', typeName: type, data };
  const parsed = EVENT_TYPES[type].safeParse(data);
  if (!parsed.success) throw new WebhookError('unexpected_payload', `The data is not that of ${type}.`, { cause: parsed.error });
  // The schema was chosen by this very type, a tie that TypeScript does not follow through the table.
  return { ...common, type, data: parsed.data } as KnownEvent;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new WebhookError('unexpected_payload', 'The body is not JSON.', { cause: error });
  }
}
