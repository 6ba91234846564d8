export interface SdkPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly exports?: Readonly<Record<string, unknown>> };
}
export function sdkPackages(): readonly SdkPackage[];
export function buildSdk(tools: { node: string; env: NodeJS.ProcessEnv }): Promise<void>;
export function packSdk(into: string, tools: { env: NodeJS.ProcessEnv }): Promise<Readonly<Record<string, string>>>;
