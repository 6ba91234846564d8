import type { ModuleFederationPlugin } from '@module-federation/enhanced/rspack';
import type { rspack } from '@rspack/core';

/** The bundler and its plugin for federation. */
export interface BuildTools {
  readonly rspack: typeof rspack;
  readonly ModuleFederationPlugin: typeof ModuleFederationPlugin;
}

/** Loads them when something is to be built, and not when the command only has to say what it can do: they are large. */
export async function buildTools(): Promise<BuildTools> {
  const [core, federation] = await Promise.all([import('@rspack/core'), import('@module-federation/enhanced/rspack')]);
  return { rspack: core.rspack, ModuleFederationPlugin: federation.ModuleFederationPlugin };
}
