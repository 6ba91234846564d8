// The receivers' process as a bench talks to it.
import { fork } from 'node:child_process';
import path from 'node:path';
import type { BenchContext } from './bench.ts';

export type ReceiverCommand = 'report' | 'forget';

export interface ReceiverReport {
  readonly delivered: number;
  readonly streams: number;
  /** From the event's commit to its arrival, in ms. */
  readonly p99: number;
  /** Gaps, repeats and turns. */
  readonly broken: readonly string[];
}

export interface Receivers {
  readonly healthy: string;
  readonly dead: readonly string[];
  ask(command: ReceiverCommand): Promise<ReceiverReport>;
}

export async function startReceivers(context: BenchContext): Promise<Receivers> {
  const child = fork(path.join(import.meta.dirname, 'webhook-receiver-process.ts'), { execArgv: ['--conditions=chung-source'] });
  context.defer(async () => void child.kill('SIGKILL'));
  const next = <Message>() => new Promise<Message>((resolve) => child.once('message', (message) => resolve(message as Message)));
  const ports = await next<{ healthy: number; dead: number[] }>();
  const originOf = (port: number) => `http://127.0.0.1:${port}`;
  return {
    healthy: originOf(ports.healthy),
    dead: ports.dead.map(originOf),
    ask: (command) => {
      const answered = next<ReceiverReport>();
      child.send(command);
      return answered;
    },
  };
}
