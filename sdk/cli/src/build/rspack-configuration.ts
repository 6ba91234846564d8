import { existsSync } from 'node:fs';
import path from 'node:path';
import { FRAME_SHARES, remoteNameOf } from '@chung/host/frame';
import type { ModuleFederationPlugin } from '@module-federation/enhanced/rspack';
import type { Compiler, Configuration, RuleSetRule } from '@rspack/core';
import type { MiniAppSource } from './app.ts';
import type { BuildTools } from './tools.ts';

/** The file that the frame loads first; everything else is named by what it holds. */
export const ENTRY_FILE = 'remoteEntry.js';

/** Opens the bundler on an app. */
export function compilerOf(app: MiniAppSource, configuration: Configuration, { rspack }: Pick<BuildTools, 'rspack'>): Compiler {
  // The federation plugin writes a version into every bundle: that of the `package.json` in whatever folder the command is run from, unless
  // this variable names one. It is read while the bundler opens.
  const before = process.env['MF_BUILD_VERSION'];
  process.env['MF_BUILD_VERSION'] = app.manifest.version.name;
  try {
    return rspack(configuration);
  } finally {
    if (before === undefined) delete process.env['MF_BUILD_VERSION'];
    else process.env['MF_BUILD_VERSION'] = before;
  }
}

export interface ConfigurationSettings {
  readonly mode: 'production' | 'development';
  readonly into: string;
  /** Runs before the app, in the same container. */
  readonly before?: readonly string[];
  readonly tools: BuildTools;
}

/**
 * How an app is bundled: a federated remote that exposes `./main` and takes React, and the federation runtime itself, from the frame.
 * Nothing in it names the folder it is built in, the time or the machine, so that the server can build the very same bytes.
 */
export function configurationOf(app: MiniAppSource, { mode, into, before = [], tools }: ConfigurationSettings): Configuration {
  const isProduction = mode === 'production';
  return {
    ...{ mode, context: app.root, entry: {}, target: ['web', 'es2022'] },
    // Never `eval`: the frame's policy forbids it, in development too, so that nobody finds out at the end.
    devtool: isProduction ? false : 'cheap-module-source-map',
    output: {
      ...{ path: into, publicPath: 'auto', uniqueName: remoteNameOf(app.manifest.app_id) },
      ...namesOf(mode),
      // Files come from another origin than the frame, which has none; integrity needs the header that this asks for.
      crossOriginLoading: 'anonymous',
    },
    resolve: {
      extensions: ['.tsx', '.ts', '.jsx', '.mjs', '.js', '.json'],
      extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
      conditionNames: [
        ...(app.sdk === 'sources' ? ['chung-source'] : []),
        'browser',
        'import',
        'module',
        isProduction ? 'production' : 'development',
        'default',
      ],
      ...tsConfigOf(app.root),
    },
    module: { parser: { 'css/auto': { namedExports: false } }, rules: rulesFor(mode) },
    optimization: {
      // By the order in which they are met, never by their paths: those of the tools differ from machine to machine.
      ...{ moduleIds: isProduction ? 'natural' : 'named', chunkIds: isProduction ? 'natural' : 'named' },
      ...{ realContentHash: isProduction, emitOnErrors: false },
      // What the first screen needs comes in one file; what two later screens share comes once.
      splitChunks: { cacheGroups: { defaultVendors: false } },
    },
    plugins: [
      federation(app, before, tools),
      ...(isProduction ? [new tools.rspack.SubresourceIntegrityPlugin({ enabled: true, hashFuncNames: ['sha256'] })] : []),
    ],
    ...{ performance: false, stats: 'none', infrastructureLogging: { level: 'none' }, lazyCompilation: false },
  };
}

/**
 * In development the program's files are named by their build, and those of earlier builds stay for a while: a frame that loads while the app is
 * built would get the entry of one build and the rest of the next.
 */
function namesOf(mode: ConfigurationSettings['mode']) {
  const assetModuleFilename = '[contenthash:16][ext]';
  if (mode === 'production') {
    const name = '[contenthash:16]';
    return { filename: `${name}.js`, chunkFilename: `${name}.js`, cssChunkFilename: `${name}.css`, assetModuleFilename, clean: true };
  }
  const name = '[name].[fullhash:16]';
  return { filename: `${name}.js`, chunkFilename: `${name}.js`, cssChunkFilename: '[name].css', assetModuleFilename };
}

/** Paths of the app's `tsconfig.json` lead the bundler where they lead the compiler. */
function tsConfigOf(root: string) {
  const configFile = path.join(root, 'tsconfig.json');
  return existsSync(configFile) ? { tsConfig: { configFile } } : {};
}

function rulesFor(mode: ConfigurationSettings['mode']): RuleSetRule[] {
  const react = { runtime: 'automatic', ...(mode === 'development' && { development: true, refresh: true }) } as const;
  return [
    {
      ...{ test: /\.[cm]?[jt]sx?$/, exclude: /[\\/]node_modules[\\/]/, type: 'javascript/auto', loader: 'builtin:swc-loader' },
      options: { detectSyntax: 'auto', jsc: { target: 'es2022', transform: { react } } },
    },
    { test: /\.css$/, type: 'css/auto' },
    { test: /\.(svg|png|jpe?g|gif|webp|avif|ico|woff2?|mp3|mp4)$/, type: 'asset', parser: { dataUrlCondition: { maxSize: 4 * 1024 } } },
    { test: /\.txt$/, type: 'asset/source' },
  ];
}

function federation({ manifest, main, sharedReact }: MiniAppSource, before: readonly string[], tools: BuildTools): ModuleFederationPlugin {
  const share = (requiredVersion: string) => ({ singleton: true, strictVersion: true, import: false, requiredVersion }) as const;
  return new tools.ModuleFederationPlugin({
    ...{ name: remoteNameOf(manifest.app_id), filename: ENTRY_FILE, exposes: { './main': { import: [...before, main], name: 'main' } } },
    shared: sharedReact === null ? {} : Object.fromEntries(FRAME_SHARES.map((name) => [name, share(sharedReact)])),
    // Both write down the machine and the hour, and nothing reads them here.
    ...{ manifest: false, dts: false, bridge: { enableBridgeRouter: false } },
    experiments: { externalRuntime: true, optimization: { disableSnapshot: true, target: 'web' } },
  });
}
