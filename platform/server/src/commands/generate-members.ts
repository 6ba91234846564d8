// npm run members:generate -- --count N --out FILE [--seed S] [--bad-rows K] [--units UNITS_FILE]
// Made-up members for demos and load: the same seed gives the same file, of any size, in constant memory.
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { StartupError } from '../kernel/startup-error.ts';
import { generateUnits, registerFile, unitsFile } from '../rooms/members/index.ts';
import { createProgressLine } from './progress-line.ts';

const USAGE = 'Usage: npm run members:generate -- --count N --out FILE [--seed S] [--bad-rows K] [--units UNITS_FILE]';

const AVERAGE_ROW_BYTES = 113.5;

const Options = z
  .object({
    count: z.coerce.number().int().min(1).max(100_000_000),
    out: z.string().min(1),
    seed: z.coerce.number().int().min(0).max(0xffff_ffff).default(1),
    'bad-rows': z.coerce.number().int().min(0).default(0),
    units: z.string().min(1).optional(),
  })
  .refine((options) => options['bad-rows'] <= options.count, { path: ['bad-rows'], error: 'cannot be more than --count' });

function readOptions(): z.output<typeof Options> {
  const text = { type: 'string' } as const;
  const given = () => parseArgs({ options: { count: text, out: text, seed: text, 'bad-rows': text, units: text } }).values;
  try {
    return Options.parse(given());
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n')
        : (error as Error).message;
    throw new StartupError(`${reason}\n${USAGE}`, { cause: error });
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  const { count, out, seed } = options;
  const progress = createProgressLine(process.stdout);
  const started = performance.now();
  let bytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of registerFile({ count, seed, badRows: options['bad-rows'] })) {
      bytes += chunk.length;
      yield chunk;
      // Rows are of much the same length, so bytes tell how many there are without counting them.
      progress.show({
        label: 'Generating',
        rows: Math.min(count, Math.round(bytes / AVERAGE_ROW_BYTES)),
        done: Math.min(1, bytes / AVERAGE_ROW_BYTES / count),
      });
    }
  }
  await pipeline(Readable.from(counted()), createWriteStream(out)).catch((error: NodeJS.ErrnoException) => {
    throw error.code ? new StartupError(`${out} cannot be written (${error.code}).`, { cause: error }) : error;
  });
  if (options.units) await writeFile(options.units, unitsFile(generateUnits()));
  progress.end();
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(
    `${count.toLocaleString('en')} members in ${out} (${(bytes / 1e6).toFixed(1)} MB, ${seconds.toFixed(1)} s, seed ${seed})\n`,
  );
}

process.exitCode = await main().then(
  () => 0,
  (error: unknown) => {
    process.stderr.write(`${error instanceof StartupError ? error.message : String(error)}\n`);
    return 1;
  },
);
