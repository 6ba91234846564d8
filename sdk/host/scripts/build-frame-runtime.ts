// Bundles the frame's script into a folder: `runtime.js` for members and `runtime.development.js` for `chung dev`, which has the React of
// development, since only that one takes in a change while it runs.
//   node scripts/build-frame-runtime.ts FOLDER
import path from 'node:path';
import { type Configuration, rspack, type Stats } from '@rspack/core';
import { FRAME_RUNTIME_FILES } from '../src/frame/runtime-file.ts';

const [folder = ''] = process.argv.slice(2);
const root = path.resolve(import.meta.dirname, '..');

function configurationFor(mode: 'production' | 'development'): Configuration {
  return {
    ...{ mode, context: root, target: ['web', 'es2022'], devtool: false },
    entry: { runtime: './src/frame/runtime/main.ts' },
    output: { path: path.resolve(folder), filename: FRAME_RUNTIME_FILES[mode] },
    resolve: { extensions: ['.ts', '.js', '.json'] },
    module: {
      rules: [
        {
          ...{ test: /\.ts$/, type: 'javascript/auto', loader: 'builtin:swc-loader' },
          options: { detectSyntax: 'auto', jsc: { target: 'es2022' } },
        },
      ],
    },
    // The package says that its modules do nothing by being imported; here some do.
    optimization: { moduleIds: 'natural', chunkIds: 'natural', sideEffects: false },
    plugins: [
      new rspack.DefinePlugin({
        ...{ FEDERATION_BUILD_IDENTIFIER: '"chung_frame"', FEDERATION_OPTIMIZE_NO_SNAPSHOT_PLUGIN: 'true', ENV_TARGET: '"web"' },
      }),
    ],
    ...{ performance: false, stats: 'none', infrastructureLogging: { level: 'none' } },
  };
}

const stats = await new Promise<Stats | null>((resolve, reject) => {
  const compiler = rspack(configurationFor('production'));
  compiler.run((error, done) => compiler.close(() => (error ? reject(error) : resolve(done ?? null))));
});
const development = await new Promise<Stats | null>((resolve, reject) => {
  const compiler = rspack(configurationFor('development'));
  compiler.run((error, done) => compiler.close(() => (error ? reject(error) : resolve(done ?? null))));
});
for (const one of [stats, development])
  if (!one || one.hasErrors()) {
    process.stderr.write(`${one?.toString({ all: false, errors: true }) ?? 'The bundler said nothing.'}\n`);
    process.exitCode = 1;
  }
