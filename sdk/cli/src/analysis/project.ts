import { existsSync } from 'node:fs';
import path from 'node:path';
import { Project, ts } from 'ts-morph';
import { packageOf } from './packages.ts';
import { isLibrary } from './scopes/sdk-types.ts';

export const MANIFEST_FILE = 'chung.config.ts';

/** An app's program as the rules see it. */
export interface CheckedProject {
  /** The folder with `chung.config.ts`; places are told relative to it. */
  readonly root: string;
  readonly program: ts.Program;
  /** What the app ships: neither libraries nor the SDK, tests or the manifest. */
  readonly files: readonly ts.SourceFile[];
  readonly manifest: ts.SourceFile | null;
}

const SDK: ReadonlySet<string> = new Set(['@chung/contracts', '@chung/client', '@chung/mini-app', '@chung/testing', '@chung/webhooks']);
const TEST = /\.(test|spec)\.[cm]?[jt]sx?$|\.config\.[cm]?[jt]s$|\/__tests__\//;

const DEFAULTS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  // Every package of types that is installed, as an app without a configuration of its own means it.
  types: ['*'],
};

export interface OpenOptions {
  /** Conditions of `exports` by which packages are found, besides the compiler's own: the platform checks against the sources of its SDK. */
  readonly conditions?: readonly string[];
}

/**
 * Opens the app in a folder, by its `tsconfig.json` where there is one. JavaScript is read as well: an app could not hide a use in it.
 * Reads files, writes none, and needs no network.
 */
export function openProject(root: string, { conditions }: OpenOptions = {}): CheckedProject {
  const folder = path.resolve(root);
  const config = path.join(folder, 'tsconfig.json');
  const own: ts.CompilerOptions = { allowJs: true, noEmit: true, ...(conditions && { customConditions: [...conditions] }) };
  const project = existsSync(config)
    ? new Project({ tsConfigFilePath: config, compilerOptions: own, skipFileDependencyResolution: true })
    : new Project({ compilerOptions: { ...DEFAULTS, ...own }, skipFileDependencyResolution: true });
  if (!existsSync(config))
    project.addSourceFilesAtPaths([`${folder}/**/*.{ts,tsx,js,jsx,mts,mjs}`, `!${folder}/**/{node_modules,dist}/**`]);
  const manifest = path.join(folder, MANIFEST_FILE);
  if (existsSync(manifest)) project.addSourceFileAtPathIfExists(manifest);
  return projectOf(project.getProgram().compilerObject, folder);
}

/**
 * The manifest of the app in a folder with the files of its own that it imports, and nothing else: for who only has to know what the app is.
 * Packages are not looked at, which is most of the time that it would take, and no value of a manifest comes from one.
 */
export function openManifest(root: string): CheckedProject {
  const folder = path.resolve(root);
  const project = new Project({
    compilerOptions: { ...DEFAULTS, types: [], noLib: true },
    skipFileDependencyResolution: true,
    resolutionHost: (host, options) => ({
      resolveModuleNames: (names, from) =>
        names.map((name) => (name.startsWith('.') ? ts.resolveModuleName(name, from, options(), host).resolvedModule : undefined)),
    }),
  });
  project.addSourceFileAtPathIfExists(path.join(folder, MANIFEST_FILE));
  return projectOf(project.getProgram().compilerObject, folder);
}

/** The part of a program that lies in a folder, or that it imports from beside it (packages of the same workspace). */
export function projectOf(program: ts.Program, root: string, isOwn: (file: string) => boolean = () => true): CheckedProject {
  const manifestPath = path.join(root, MANIFEST_FILE);
  const files = program
    .getSourceFiles()
    .filter(({ fileName }) => isOwn(fileName) && !TEST.test(fileName) && !isLibrary(fileName) && !SDK.has(packageOf(fileName) ?? ''));
  return { root, program, files, manifest: program.getSourceFile(manifestPath) ?? null };
}
