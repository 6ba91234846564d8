export interface PublishedPackage {
  readonly folder: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly exports?: Readonly<Record<string, unknown>> };
}
export interface Tools {
  readonly node: string;
  readonly env: NodeJS.ProcessEnv;
}
export function sdkPackages(): readonly PublishedPackage[];
export function publishedPackages(): readonly PublishedPackage[];
export function buildPackages(tools: Tools): Promise<void>;
/** The tarball of each published package, by its name. */
export function packedPackages(tools: Tools): Promise<Readonly<Record<string, string>>>;
