// Orders a load from a process of its own.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface LoadOrder {
  /** Connections are dealt out to these in turn. */
  readonly ports: readonly number[];
  readonly connections: number;
  readonly seconds: number;
  readonly paths: readonly string[];
  /** POST of an empty JSON object when not told. */
  readonly method?: 'GET';
  /** Bodies of a POST, each sent once: a load that has used them up is over. */
  readonly bodies?: readonly string[];
  /** Header lines that all requests share, each ending in CRLF. */
  readonly headers: string;
  /** Header lines of one caller; each request takes the next. */
  readonly callers: readonly string[];
  readonly stopAtRefusal: boolean;
}

export interface LoadReport {
  /** Answers a second within the time. */
  readonly rate: number;
  /** Milliseconds from the first byte sent to the last received. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** `201`, or `409 offer_sold_out`; all answers, also those after the end. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Connections that broke. */
  readonly lost: number;
}

export async function runLoad(folder: string, order: LoadOrder): Promise<LoadReport> {
  const file = path.join(folder, `load-${randomUUID()}.json`);
  await writeFile(file, JSON.stringify(order));
  const { stdout } = await run(process.execPath, [path.join(import.meta.dirname, 'load-process.ts'), file], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}
