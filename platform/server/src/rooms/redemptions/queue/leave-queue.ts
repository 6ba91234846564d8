import type { OfferId } from '@chung/contracts';
import { DomainError } from '../../../kernel/errors.ts';
import type { MemberPrincipal } from '../../../kernel/principal.ts';
import type { QueuePorts } from './queue-ports.ts';
import { leaveQueueRow } from './queue-store.ts';
import { readOwnEntry } from './read-queue.ts';

/** Gives the place up; a unit that was kept goes to the next at once. The list of a lottery is frozen between its close and its draw. */
export async function leaveQueue(ports: QueuePorts, principal: MemberPrincipal, offerId: OfferId): Promise<undefined> {
  const { state } = await readOwnEntry(ports, principal, offerId);
  const outcome = await leaveQueueRow(ports.db, offerId, principal.memberId);
  // To have left before is as good as leaving now; to have claimed or missed the turn is not.
  if (outcome === 'wrong_state' || (outcome === null && state !== 'LEFT')) throw new DomainError('wrong_state');
  return undefined;
}
