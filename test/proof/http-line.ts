// One keep-alive connection with several requests under way, and no more HTTP than our own server needs: a full client would
// cost more processor time than the server under test.
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Stable code of a refusal; empty for a success. */
  readonly code: string;
  readonly body: string;
}

/** No answer: the connection was lost before it came. */
export type Outcome = Answer | null;

type Waiting = (outcome: Outcome) => void;

const HEAD_END = '\r\n\r\n';

export class HttpLine {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #open = true;

  /** `opened` is called once the connection stands; one that never stands is only seen to be closed. */
  constructor({ host, port, opened, closed }: { host: string; port: number; opened?: () => void; closed?: () => void }) {
    this.#socket = connect({ host, port, noDelay: true });
    if (opened) this.#socket.on('connect', opened);
    if (closed) this.#socket.on('close', closed);
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#lose());
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** `answered` is called exactly once. */
  send(request: string, answered: Waiting): void {
    if (!this.#open) {
      answered(null);
      return;
    }
    this.#waiting.push(answered);
    this.#socket.write(request, 'latin1');
  }

  /** Breaks the connection; what is under way gets no answer. */
  cut(): void {
    this.#socket.destroy();
  }

  #lose(): void {
    this.#open = false;
    for (const answered of this.#waiting.splice(0)) answered(null);
  }

  #read(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const headEnd = this.#pending.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const head = this.#pending.toString('latin1', 0, headEnd);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
      // Chunked answers come from pages only; here one would mean that the two sides no longer understand each other.
      if (Number.isNaN(length)) {
        this.cut();
        return;
      }
      const end = headEnd + HEAD_END.length + length;
      if (this.#pending.length < end) return;
      const body = this.#pending.toString('utf8', headEnd + HEAD_END.length, end);
      this.#pending = this.#pending.subarray(end);
      const status = Number(head.slice(9, 12));
      this.#waiting.shift()?.({ status, code: status < 400 ? '' : (field(body, 'code') ?? 'malformed'), body });
    }
  }
}

/** A string field of a flat JSON body, without parsing the whole. */
export function field(body: string, name: string): string | undefined {
  return new RegExp(`"${name}":"([^"]*)"`).exec(body)?.[1];
}
