/** What a long command shows of itself: one line that is redrawn on a terminal, plain lines elsewhere. */
export interface ProgressLine {
  show(progress: { readonly label: string; readonly rows: number /** 0 to 1. */; readonly done: number }): void;
  end(): void;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const REDRAW_MS = 200;
const PLAIN_LINE_MS = 5_000;
const BAR_WIDTH = 24;

const grouped = (value: number) => Math.round(value).toLocaleString('en');

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function createProgressLine(output: ProgressOutput, now: () => number = Date.now): ProgressLine {
  const isTerminal = output.isTTY === true;
  let label = '';
  let startedAt = now();
  let shownAt = now();
  let isDrawn = false;

  const text = (rows: number, done: number) => {
    const seconds = (now() - startedAt) / 1000;
    const share = Math.min(1, Math.max(0, done));
    const left = share > 0 ? clock((seconds / share) * (1 - share)) : '–';
    const figures = `${grouped(rows)} rows · ${grouped(seconds > 0 ? rows / seconds : 0)} rows/s · ${Math.floor(share * 100)} % · ${left} left`;
    if (!isTerminal) return `${label}: ${figures}\n`;
    const filled = Math.round(share * BAR_WIDTH);
    return `\r\u001B[K${label} [${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${figures}`;
  };
  return {
    show: (progress) => {
      if (progress.label !== label) {
        // A new step counts from its own beginning, or its rate would be that of the step before.
        label = progress.label;
        startedAt = now();
      }
      if (now() - shownAt < (isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) return;
      shownAt = now();
      isDrawn = true;
      output.write(text(progress.rows, progress.done));
    },
    end: () => {
      if (isTerminal && isDrawn) output.write('\r\u001B[K');
      isDrawn = false;
    },
  };
}
