import type { Response } from 'express';
import { z } from 'zod';
import type { Vault } from '../../../kernel/vault.ts';

/** Cookies whose content the browser can neither read nor change; for what must outlive a redirect and needs no table. */
export interface SealedCookies {
  set(response: Response, cookie: { name: string; path: string; value: object }): void;
  /** Null for one that is missing, old, forged, or under another's name. */
  read<Schema extends z.ZodType>(raw: string | undefined, name: string, schema: Schema): z.output<Schema> | null;
  clear(response: Response, cookie: { name: string; path: string }): void;
}

const Sealed = z.object({ value: z.unknown(), until: z.number() });

export function sealedCookies(vault: Vault, options: { secure: boolean; lifeSeconds: number }): SealedCookies {
  const attributes = { httpOnly: true, sameSite: 'lax', secure: options.secure } as const;
  return {
    set: (response, { name, path, value }) => {
      const content = JSON.stringify({ value, until: Date.now() + options.lifeSeconds * 1000 });
      response.cookie(name, vault.seal(content, name).toString('base64url'), { ...attributes, path, maxAge: options.lifeSeconds * 1000 });
    },
    read: (raw, name, schema) => {
      if (!raw) return null;
      try {
        const sealed = Sealed.parse(JSON.parse(vault.open(Buffer.from(raw, 'base64url'), name)));
        return sealed.until > Date.now() ? schema.parse(sealed.value) : null;
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
