import type { CodeJobId, CodeRecipe, OfferId, PartnerId } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { Partners } from '../partners/index.ts';
import type { CodeJobRow } from './code-job.ts';
import { insertJob, leaveJob, takeGeneration } from './code-job-store.ts';
import { createCodeMaker } from './make-codes.ts';
import { requirePool } from './require-pool.ts';
import { createCodeWriter, RunnerReplacedError } from './write-codes.ts';

const BATCH = 10_000;
const NOTHING_TOLD = { duplicates: 0, duplicateLines: [], rejected: 0, rejectedLines: [], bytesTaken: 0, linesTaken: 0 };

/** Writes down what to make; a worker makes it (`createCodeGenerator`), so the answer comes at once. */
export async function startGeneration(
  tx: Tx,
  partners: Partners,
  { partnerId, offerId, recipe }: { partnerId: PartnerId; offerId: OfferId; recipe: CodeRecipe },
): Promise<CodeJobRow> {
  await requirePool(tx, partners, { partnerId, offerId, adding: recipe.count });
  const job = { offerId, id: newId<CodeJobId>(), runner: newId<string>() };
  return insertJob(tx, { ...job, partnerId, kind: 'generation', bytesTotal: null, recipe });
}

export interface CodeGenerator {
  /** Begins with what waits, and returns; it is done in the background so that no other job of the worker waits for it. */
  runWaiting(): Promise<void>;
  /** Resolves when nothing is left to do here. */
  settled(): Promise<void>;
  /** Ends after the batch at hand; another server goes on with the job at once. */
  stop(): Promise<void>;
}

/** Makes codes in this process, one job at a time: it is work for a processor that claims need too. */
export function createCodeGenerator(deps: { db: Db; vault: Vault }): CodeGenerator {
  const stopping = new AbortController();
  const failures: unknown[] = [];
  let running: Promise<void> | null = null;

  const work = async () => {
    while (!stopping.signal.aborted) {
      const runner = newId<string>();
      const job = await takeGeneration(deps.db, runner);
      if (!job) return;
      await generate(deps, { ...job, runner }, stopping.signal);
    }
  };
  return {
    runWaiting: async () => {
      running ??= work()
        .catch((error) => void failures.push(error))
        .finally(() => {
          running = null;
        });
      // The worker logs what its jobs throw; a failure in the background waits for the next round.
      if (failures.length > 0) throw failures.shift();
    },
    settled: async () => {
      while (running) await running;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function generate(deps: { db: Db; vault: Vault }, job: CodeJobRow & { runner: string }, stopping: AbortSignal): Promise<void> {
  const { recipe, rowsTotal } = job;
  if (recipe === null || rowsTotal === null) throw new Error(`generation ${job.id} has no recipe`);
  const makeCode = createCodeMaker(recipe);
  const writer = createCodeWriter(deps, { ...job, row: job }, () => !stopping.aborted);
  try {
    let { added } = job;
    // Once more for what turned out to be there already; with 60 random bits that is next to never.
    while (added < rowsTotal && !stopping.aborted) {
      for (let planned = added; planned < rowsTotal && !stopping.aborted; planned += BATCH)
        await writer.write(makeBatch(makeCode, Math.min(BATCH, rowsTotal - planned)), NOTHING_TOLD);
      added = (await writer.settle()).added;
    }
    await leaveJob(deps.db, job, { state: added < rowsTotal ? 'running' : 'done', error: null });
  } catch (error) {
    if (error instanceof RunnerReplacedError) return;
    await leaveJob(deps.db, job, { state: stopping.aborted ? 'running' : 'failed', error: stopping.aborted ? null : 'internal' }).catch(
      () => null,
    );
    throw error;
  }
}

function makeBatch(makeCode: () => string, size: number) {
  const codes = new Set<string>();
  while (codes.size < size) codes.add(makeCode());
  return { codes: [...codes], lines: Array.from({ length: size }, (_, index) => index + 1) };
}
