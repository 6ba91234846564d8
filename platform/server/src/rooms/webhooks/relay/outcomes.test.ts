import type { EventId, PartnerId, WebhookEndpointId } from '@chung/contracts';
import { expect, test } from 'vitest';
import { newId } from '../../../kernel/ids.ts';
import type { AttemptRecord } from '../delivery.ts';
import { createOutcomes, type OutcomeBatch, type OutcomesOptions, type Standing } from './outcomes.ts';

const partnerId = newId<PartnerId>();
const standing = (endpointId: WebhookEndpointId, txid: string, changes: Partial<Standing> = {}): Standing => ({
  ...{ partnerId, endpointId, replayId: null, cursor: { txid, id: 'x' }, failing: null },
  ...{ attempts: 0, nextTryAt: null, lastError: '', state: 'running', delivered: 0 },
  ...changes,
});
const attempt = (endpointId: WebhookEndpointId): AttemptRecord => ({
  ...{ partnerId, endpointId, id: newId<string>(), eventId: newId<EventId>(), eventType: 't', cause: 'event', attempt: 1 },
  ...{ delivered: true, status: 204, error: null, latencyMs: 1, excerpt: null, nextTryAt: null, at: new Date() },
});

function collecting(changes: Partial<OutcomesOptions> = {}) {
  const batches: OutcomeBatch[] = [];
  const lost: string[] = [];
  const errors: unknown[] = [];
  const outcomes = createOutcomes({
    write: async (batch) => {
      batches.push(batch);
      return new Set(batch.standings.map(({ endpointId }) => endpointId));
    },
    onLost: (endpointId) => lost.push(endpointId),
    onError: (error) => errors.push(error),
    ...changes,
  });
  return { outcomes, batches, lost, errors };
}

const A = newId<WebhookEndpointId>();
const B = newId<WebhookEndpointId>();

test('many outcomes are one write: every try, and of each lane its newest place', async () => {
  const { outcomes, batches } = collecting();
  for (const txid of ['1', '2', '3']) {
    outcomes.record(standing(A, txid), attempt(A));
    outcomes.record(standing(B, txid), attempt(B));
  }
  await outcomes.flush();
  expect(batches).toHaveLength(1);
  expect(batches[0]?.attempts).toHaveLength(6);
  expect(batches[0]?.standings.map(({ endpointId, cursor }) => [endpointId, cursor.txid])).toEqual([
    [A, '3'],
    [B, '3'],
  ]);
});

test('they are written without being asked for, and a flush with nothing to write does nothing', async () => {
  const { outcomes, batches } = collecting();
  await outcomes.flush();
  expect(batches).toEqual([]);
  outcomes.record(standing(A, '1'), null);
  await expect.poll(() => batches.length).toBe(1);
});

test('a write that fails is done again, with what came meanwhile and in its order', async () => {
  let away = true;
  const written: OutcomeBatch[] = [];
  const { outcomes, errors } = collecting({
    write: async (batch) => {
      if (away) throw new Error('database away');
      written.push(batch);
      return new Set([A]);
    },
  });
  const [first, second] = [attempt(A), attempt(A)];
  outcomes.record(standing(A, '1'), first);
  const flushed = outcomes.flush();
  outcomes.record(standing(A, '2'), second);
  away = false;
  await flushed;
  await outcomes.flush();
  expect(errors).toHaveLength(1);
  expect(written.flatMap(({ attempts }) => attempts)).toEqual([first, second]);
  expect(written.at(-1)?.standings.map(({ cursor }) => cursor.txid)).toEqual(['2']);
});

test('an endpoint whose lease is gone is told, a replay is not asked for one', async () => {
  const { outcomes, lost } = collecting({ write: async () => new Set([B]) });
  outcomes.record(standing(A, '1'), null);
  outcomes.record(standing(B, '1'), null);
  outcomes.record(standing(A, '1', { replayId: newId<never>() }), null);
  await outcomes.flush();
  expect(lost).toEqual([A]);
});

test('while the database is away the lanes wait instead of the memory growing', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { outcomes } = collecting({
    write: async () => {
      await gate;
      return new Set([A]);
    },
  });
  const began = outcomes.flush();
  for (let i = 0; i < 7_000; i++) outcomes.record(standing(A, String(i)), attempt(A));
  let admitted = false;
  const waiting = outcomes.room().then(() => {
    admitted = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(admitted).toBe(false);
  release();
  await waiting;
  await began;
  await outcomes.stop();
  expect(admitted).toBe(true);
});

test('a stop writes what is left', async () => {
  const { outcomes, batches } = collecting();
  outcomes.record(standing(A, '9'), attempt(A));
  await outcomes.stop();
  expect(batches.flatMap(({ standings }) => standings).map(({ cursor }) => cursor.txid)).toEqual(['9']);
});
