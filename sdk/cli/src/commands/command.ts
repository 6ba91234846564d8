import type { Language, Text } from '@chung/contracts';

/** What every command is given; nothing reads or writes the process behind its back, so that tests can stand in for it. */
export interface Terminal {
  /** Of this package. */
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly language: Language;
  readonly colour: 'on' | 'off';
  out(text: string): void;
  error(text: string): void;
  /** Asks the person in front of the terminal; null when there is nobody, they end the input, or `signal` says that it is answered otherwise. */
  ask(question: string, signal?: AbortSignal): Promise<string | null>;
  /** Aborts at Ctrl-C, or when the system asks the program to end. Whoever calls this ends by themselves then; a second Ctrl-C ends at once. */
  interruption(): AbortSignal;
}

export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): 'given' | 'absent';
  value(name: string): string | null;
  values(name: string): readonly string[];
}

export interface Option {
  readonly name: string;
  /** What stands behind it in the help; absent for a flag. */
  readonly takes?: string;
  readonly about: Text;
}

export interface Command {
  readonly name: string;
  /** As in `chung check [FOLDER]`. */
  readonly usage: string;
  readonly about: Text;
  readonly options: readonly Option[];
  /** Answers the exit code. */
  run(given: Arguments, terminal: Terminal): Promise<ExitCode>;
}

/** 0 done · 1 it found something that must be put right · 2 wrongly asked · 3 this machine lacks something · 4 refused by the platform */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** One clear sentence, and what to do next; never a stack trace unless it was asked for. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly text: Text;
  readonly next: Text;
  readonly exitCode: ExitCode;

  constructor({ text, next, exitCode, cause }: { text: Text; next: Text; exitCode: Exclude<ExitCode, 0>; cause?: unknown }) {
    super(text.en, cause === undefined ? undefined : { cause });
    this.text = text;
    this.next = next;
    this.exitCode = exitCode;
  }
}
