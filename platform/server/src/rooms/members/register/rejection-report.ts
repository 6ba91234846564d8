import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Rejection, rejectionText } from './rejection.ts';

const SHOWN_ERRORS = 20;
const HEADER = 'row,column,reason,text_vi,text_en\n';

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** The report file of one import: a line a fault. Made at the first fault; a clean import leaves none. */
export interface RejectionReport {
  add(rejections: readonly Rejection[]): Promise<void>;
  /** Rows left out so far; a row with two faults counts once. */
  readonly rejectedRows: number;
  readonly first: readonly Rejection[];
  /** Where it is; null when nothing was rejected. */
  close(): Promise<string | null>;
  remove(): Promise<void>;
}

export function createRejectionReport(path: string): RejectionReport {
  // Under its name only when it is whole: a refused import neither leaves half a report nor takes away an earlier one.
  const unfinished = `${path}.part`;
  const first: Rejection[] = [];
  let rejectedRows = 0;
  let lastRow = 0;
  let file: WriteStream | undefined;
  let failure: Error | undefined;

  const open = async () => {
    await mkdir(dirname(path), { recursive: true });
    // Whoever may read reports may read registers: the owner alone.
    const opened = createWriteStream(unfinished, { mode: 0o600 });
    opened.on('error', (error) => {
      failure = error;
    });
    // Where no report can be written is known here, before one member is: not when the writing is done.
    await once(opened, 'open');
    opened.write(`\uFEFF${HEADER}`);
    return opened;
  };
  const close = async () => {
    if (!file) return null;
    file.end();
    await finished(file);
    await rename(unfinished, path);
    return path;
  };
  return {
    add: async (rejections) => {
      if (rejections.length === 0) return;
      file ??= await open();
      if (failure) throw failure;
      for (const rejection of rejections) {
        if (rejection.row !== lastRow) rejectedRows++;
        lastRow = rejection.row;
        if (first.length < SHOWN_ERRORS) first.push(rejection);
      }
      const lines = rejections.map((rejection) => {
        const texts = [rejectionText(rejection, 'vi'), rejectionText(rejection, 'en')].map(quoted);
        return `${rejection.row},${rejection.column},${rejection.reason},${texts.join(',')}\n`;
      });
      if (!file.write(lines.join(''))) await once(file, 'drain');
    },
    get rejectedRows() {
      return rejectedRows;
    },
    first,
    close,
    remove: async () => {
      if (!file) return;
      file.destroy();
      await rm(unfinished, { force: true });
    },
  };
}
