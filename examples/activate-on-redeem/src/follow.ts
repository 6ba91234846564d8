import { ApiError } from '@chung/client';
import { z } from 'zod';
import type { Backend } from './backend.ts';

/** Where the cursor is kept between runs; a file here, a row of your database in earnest. */
export interface CursorStore {
  read(): Promise<string | undefined>;
  write(cursor: string): Promise<void>;
}

export interface FollowOptions {
  readonly client: Backend;
  readonly cursors: CursorStore;
  /** Delivers the benefit. It may be called again for the same redemption after a crash, so it must be harmless twice. */
  activate(redemptionId: string): Promise<void>;
}

const Redeemed = z.object({ redemptionId: z.uuid() });

/** Works through one page of events and tells how many there were; 0 means that all is done for now. */
export async function followOnce({ client, cursors, activate }: FollowOptions): Promise<number> {
  const cursor = await cursors.read();
  const page = await client.partner.events.list({ limit: 100, ...(cursor !== undefined && { cursor }) });
  for (const event of page.items) {
    if (event.type !== 'redemption.redeemed.v1') continue;
    const { redemptionId } = Redeemed.parse(event.data);
    await activate(redemptionId);
    await fulfil(client, redemptionId);
  }
  // Stored last: a crash before this line repeats the page, and never skips one.
  if (page.nextCursor !== null) await cursors.write(page.nextCursor);
  return page.items.length;
}

async function fulfil(client: Backend, redemptionId: string): Promise<void> {
  await client.partner.redemptions.fulfil({ redemptionId }, { idempotencyKey: `fulfil-${redemptionId}` }).catch((error: unknown) => {
    // Reversed, or fulfilled by hand in the portal: nothing left to do.
    if (!(error instanceof ApiError && error.code === 'wrong_state')) throw error;
  });
}
