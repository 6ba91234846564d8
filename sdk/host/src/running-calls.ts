import type { BridgeCall, BridgeOutcome, Scope } from '@chung/contracts';
import { type AnswerSettings, answerCall, refused } from './answer-call.ts';

interface Running {
  readonly controller: AbortController;
  readonly scope: Scope | null;
}

export interface RunningCallsSettings extends AnswerSettings {
  readonly callsAtOnce: number;
  readonly reply: (id: number, outcome: BridgeOutcome) => void;
}

export interface RunningCalls {
  begin(call: BridgeCall): Promise<void>;
  cancel(id: number): void;
  /** Gives up what runs under a scope that is not granted any more. */
  giveUpWithdrawn(): void;
  cancelAll(): void;
}

/** The calls under way, by their numbers. A number is answered once, to the call that has it. */
export function runningCalls(settings: RunningCallsSettings): RunningCalls {
  const { allowed, granted, callsAtOnce, reply } = settings;
  const running = new Map<number, Running>();
  return {
    begin: async (call) => {
      const { id } = call;
      // A number that is in use would make two answers look like one.
      if (running.has(id)) return;
      if (running.size >= callsAtOnce) return reply(id, refused('rate_limited'));
      const controller = new AbortController();
      running.set(id, { controller, scope: allowed.get(call.operation)?.operation.scope ?? null });
      const outcome = await answerCall(call, settings, controller.signal);
      // Given up meanwhile: the number may be another call's by now.
      if (running.get(id)?.controller !== controller) return;
      running.delete(id);
      reply(id, outcome);
    },
    cancel: (id) => {
      running.get(id)?.controller.abort();
      running.delete(id);
    },
    giveUpWithdrawn: () => {
      for (const { controller, scope } of running.values()) if (scope !== null && !granted().has(scope)) controller.abort();
    },
    cancelAll: () => {
      for (const { controller } of running.values()) controller.abort();
      running.clear();
    },
  };
}
