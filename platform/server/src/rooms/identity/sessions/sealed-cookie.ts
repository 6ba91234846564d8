import type { Response } from 'express';
import type { Vault } from '../../../kernel/vault.ts';

/** Cookies whose content the browser can neither read nor change; for what must outlive a redirect and needs no table. */
export interface SealedCookies {
  set(response: Response, cookie: { name: string; path: string; value: object }): void;
  read<Value>(raw: string | undefined, name: string): Value | null;
  clear(response: Response, cookie: { name: string; path: string }): void;
}

export function sealedCookies(vault: Vault, options: { secure: boolean; lifeSeconds: number }): SealedCookies {
  const attributes = { httpOnly: true, sameSite: 'lax', secure: options.secure } as const;
  return {
    set: (response, { name, path, value }) => {
      const content = JSON.stringify({ value, until: Date.now() + options.lifeSeconds * 1000 });
      response.cookie(name, vault.seal(content, name).toString('base64url'), { ...attributes, path, maxAge: options.lifeSeconds * 1000 });
    },
    read: <Value>(raw: string | undefined, name: string) => {
      if (!raw) return null;
      try {
        const { value, until } = JSON.parse(vault.open(Buffer.from(raw, 'base64url'), name)) as { value: Value; until: number };
        return until > Date.now() ? value : null;
      } catch {
        // Sealed by nobody we know, or under a name that is not its own.
        return null;
      }
    },
    clear: (response, { name, path }) => {
      response.cookie(name, '', { ...attributes, path, maxAge: 0 });
    },
  };
}
