import { memorySeen, once, verifyWebhook, WebhookError, type WebhookEvent } from '@chung/webhooks';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { type Activate, deliver, type Platform } from './deliver.ts';

const BODY_LIMIT = '256kb';

export interface AppSettings {
  readonly platform: Platform;
  readonly activate: Activate;
  readonly webhookKeys: readonly string[];
  /** One line for the log; no secret and nothing of a member ever stands in it. */
  readonly log: (line: string) => void;
}

/** The backend over HTTP: `POST /webhooks` for the platform, `GET /healthz` for whoever watches over it. */
export function createApp({ platform, activate, webhookKeys, log }: AppSettings): Express {
  // With several processes, or to survive a restart, keep these ids in your database: see `Seen` of @chung/webhooks.
  const seen = memorySeen();
  const act = async (event: WebhookEvent): Promise<void> => {
    if (event.type === 'redemption.redeemed.v1') await deliver(event.data.redemptionId, { platform, activate });
  };
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  // The body as it came: parsed and written again, its signature would not fit any more.
  app.post('/webhooks', express.raw({ type: () => true, limit: BODY_LIMIT }), async (request, response) => {
    const body: unknown = request.body;
    const event = await verifyWebhook(body instanceof Uint8Array ? body : '', request.headers, webhookKeys);
    // The platform waits ten seconds. What takes longer belongs in a queue of yours, and the answer does not wait for it.
    const outcome = await once(event, seen, () => act(event));
    log(`${event.id} ${event.type} ${outcome}`);
    // Also for types this backend does nothing about: a refusal would hold up the events behind them.
    response.status(204).end();
  });
  app.use(answerErrors(log));
  return app;
}

/** What must not be believed is refused for good (400); what failed here is asked for again (500). */
function answerErrors(log: AppSettings['log']): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const isRefused = error instanceof WebhookError && error.code !== 'invalid_key';
    const status = isRefused ? 400 : statusOf(error);
    log(`${status} ${error instanceof Error ? error.message : 'failed'}`);
    response.status(status).end();
  };
}

/** Express says by itself what is too large or cut off. */
function statusOf(error: unknown): number {
  const isOfExpress = typeof error === 'object' && error !== null && 'status' in error && 'expose' in error && error.expose === true;
  return isOfExpress && typeof error.status === 'number' ? error.status : 500;
}
