import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Project, ts } from 'ts-morph';
import { packageOf } from './packages.ts';
import { insideOf } from './place.ts';
import { importedBy } from './scopes/reach.ts';
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

/** What a bundler can take in. */
const SOURCE = /\.[cm]?[jt]sx?$/;
/** Installed, built, or kept by other programs; what a source imports from there is read all the same. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(['node_modules', 'dist', '.chung', '.git']);
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

/** The app's `tsconfig.json` is no JSON: nothing can be said of its program before it is. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  /** E.g. `tsconfig.json:3:17`. */
  readonly place: string;
  /** The compiler's own words. */
  readonly said: string;

  constructor({ file, start = 0, messageText }: Pick<ts.Diagnostic, 'file' | 'start' | 'messageText'>) {
    const { line, character } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
    const said = ts.flattenDiagnosticMessageText(messageText, ' ');
    const place = `tsconfig.json:${line + 1}:${character + 1}`;
    super(`${place} ${said}`);
    this.place = place;
    this.said = said;
  }
}

function assertSettings(config: string): void {
  const { error } = ts.readConfigFile(config, ts.sys.readFile);
  if (error) throw new SettingsError(error);
}

export interface OpenOptions {
  /** Conditions of `exports` by which packages are found, besides the compiler's own: the platform checks against the sources of its SDK. */
  readonly conditions?: readonly string[];
}

/**
 * Opens the app in a folder, with the options of its `tsconfig.json` where there is one. Which files it names decides nothing: every source in
 * the folder is read, JavaScript as well, so that an app can hide a use in none. Reads files, writes none, and needs no network.
 *
 * Throws `SettingsError` where `tsconfig.json` is no JSON.
 *
 * @example
 * const { files, manifest } = openProject('examples/rewards');
 */
export function openProject(root: string, { conditions }: OpenOptions = {}): CheckedProject {
  const folder = path.resolve(root);
  const config = path.join(folder, 'tsconfig.json');
  if (existsSync(config)) assertSettings(config);
  const own: ts.CompilerOptions = { allowJs: true, noEmit: true, ...(conditions && { customConditions: [...conditions] }) };
  const project = existsSync(config)
    ? new Project({ tsConfigFilePath: config, compilerOptions: own, skipFileDependencyResolution: true })
    : new Project({ compilerOptions: { ...DEFAULTS, ...own }, skipFileDependencyResolution: true });
  for (const file of sourcesIn(folder)) project.addSourceFileAtPathIfExists(file);
  return projectOf(project.getProgram().compilerObject, folder);
}

/** By hand, because a pattern would be looked for in all of `node_modules` too. */
function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_WRITTEN.has(entry.name) ? [] : sourcesIn(place);
    return entry.isFile() && SOURCE.test(entry.name) ? [place] : [];
  });
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

/**
 * The part of a program that lies in a folder, or that it imports from beside it (packages of the same workspace).
 *
 * @example
 * import { Project } from 'ts-morph';
 *
 * const program = new Project({ tsConfigFilePath: 'tsconfig.json' }).getProgram().compilerObject;
 * const { findings } = analyse(projectOf(program, '.'));
 */
export function projectOf(program: ts.Program, root: string, isOwn: (file: string) => boolean = () => true): CheckedProject {
  const manifest = program.getSourceFile(path.join(root, MANIFEST_FILE)) ?? null;
  const isInside = insideOf(root);
  // In the folder everything is the app's, whatever a `package.json` in it calls itself.
  const isApps = ({ fileName }: ts.SourceFile) => isInside(fileName) || (!isLibrary(fileName) && !SDK.has(packageOf(fileName) ?? ''));
  const own = program.getSourceFiles().filter((file) => isOwn(file.fileName) && file !== manifest && isApps(file));
  return { root, program, files: shipped(own, program), manifest };
}

/** Of the files of an app those that it ships: not its tests and settings, unless a file that is shipped imports them. */
function shipped(own: readonly ts.SourceFile[], program: ts.Program): readonly ts.SourceFile[] {
  const aside = new Set(own.filter(({ fileName }) => TEST.test(fileName)));
  if (aside.size === 0) return own;
  const checker = program.getTypeChecker();
  const all = new Set(own.filter((file) => !aside.has(file)));
  // A set grows while it is walked.
  for (const file of all) for (const target of importedBy(file, checker)) if (aside.has(target)) all.add(target);
  return own.filter((file) => all.has(file));
}
