import { setTimeout } from 'node:timers/promises';
import type { PartnerId } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Vault } from '../../kernel/vault.ts';
import { type PlainBatch, sealBatch } from './code-batch.ts';
import type { CodeJobRow } from './code-job.ts';
import { addCodes, type HeldJob, type Told } from './code-job-store.ts';

const RETRY_MS = 500;

/** The job was cancelled or taken over: whoever finds out stops without a trace. */
export class RunnerReplacedError extends Error {
  constructor() {
    super('the code job is no longer this runner’s');
    this.name = 'RunnerReplacedError';
  }
}

export interface CodeWriter {
  /** Seals the batch while the one before it is still being written; what that one failed of is thrown here. */
  write(batch: PlainBatch, told: Told): Promise<void>;
  /** Waits for the last batch; the job as it stands then. */
  settle(): Promise<CodeJobRow>;
}

/**
 * Writes a job's batches one after the other. A database that is away for a while is waited for: the batch keeps its number, so
 * that one whose commit was not answered is not added twice.
 */
export function createCodeWriter(
  { db, vault }: { db: Db; vault: Vault },
  job: HeldJob & { readonly partnerId: PartnerId; readonly row: CodeJobRow },
  hasPatience: (waitedMs: number) => boolean,
): CodeWriter {
  let row = job.row;
  let number = row.batches;
  let pending = Promise.resolve();

  const send = async (batch: Parameters<typeof addCodes>[2]) => {
    const began = performance.now();
    for (;;) {
      try {
        const moved = await addCodes(db, job, batch);
        if (!moved) throw new RunnerReplacedError();
        row = moved;
        return;
      } catch (error) {
        const isAway = error instanceof DomainError && error.code === 'unavailable';
        if (!isAway || !hasPatience(performance.now() - began)) throw error;
        await setTimeout(RETRY_MS);
      }
    }
  };

  return {
    write: async (batch, told) => {
      const sealed = await sealBatch(vault, job, batch);
      await pending;
      number += 1;
      pending = send({ ...sealed, number, told });
      // Its failure is thrown where it is awaited, and until then it must not count as unhandled.
      pending.catch(() => {});
    },
    settle: async () => {
      await pending;
      return row;
    },
  };
}
