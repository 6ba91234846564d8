import path from 'node:path';
import { build } from 'vite';

/** Bundles what runs in the reader's browser; answers the addresses of script and style. */
export async function buildClient({
  into,
  base,
}: {
  into: string;
  base: string;
}): Promise<{ readonly script: string; readonly style: string }> {
  const built = await build({
    configFile: false,
    root: path.join(import.meta.dirname, '../client'),
    base,
    logLevel: 'warn',
    build: {
      outDir: into,
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: { input: path.join(import.meta.dirname, '../client/main.ts') },
    },
  });
  if (!('output' in built)) throw new Error('the bundler answered no files');
  const named = (ending: string) => {
    const file = built.output.find(({ fileName }) => fileName.endsWith(ending));
    if (!file) throw new Error(`the bundler made no ${ending} file`);
    return base + file.fileName;
  };
  return { script: named('.js'), style: named('.css') };
}
