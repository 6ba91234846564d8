import { randomBytes } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type Response } from 'express';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createVault } from '../../../kernel/vault.ts';
import { sealedCookies } from './sealed-cookie.ts';

const Value = z.object({ state: z.string() });
const vault = createVault(randomBytes(32));
const cookies = sealedCookies(vault, { secure: true, lifeSeconds: 60 });

afterEach(() => {
  vi.useRealTimers();
});

/** An Express answer without a socket: what it would have sent is in its headers. */
function answer(): Response {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  return Object.setPrototypeOf(response, express.response);
}

function sealed(value: object = { state: 's' }, name = 'chung_x', by = cookies): { raw: string; line: string } {
  const response = answer();
  by.set(response, { name, path: '/p', value });
  const line = String(response.getHeader('set-cookie'));
  return { line, raw: /=([^;]*)/.exec(line)?.[1] ?? '' };
}

describe('a sealed cookie', () => {
  test('comes back as it was, and tells the browser nothing', () => {
    const { raw } = sealed({ state: 'bí mật' });
    expect(cookies.read(raw, 'chung_x', Value)).toEqual({ state: 'bí mật' });
    expect(Buffer.from(raw, 'base64url').toString('latin1')).not.toMatch(/state|m\S+t/);
  });

  test('is httpOnly, SameSite=Lax, Secure, of its path and with an end', () => {
    expect(sealed().line).toMatch(/^chung_x=[\w-]+; Max-Age=60; Path=\/p; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
    expect(sealed({}, 'n', sealedCookies(vault, { secure: false, lifeSeconds: 60 })).line).not.toContain('Secure');
  });

  test('is worth nothing under another name', () => {
    const { raw } = sealed({ state: 's' }, 'chung_member_1');
    expect(cookies.read(raw, 'chung_admin_1', Value)).toBeNull();
  });

  test('is worth nothing with one bit changed, wherever', () => {
    const bytes = Buffer.from(sealed().raw, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        expect(cookies.read(changed.toString('base64url'), 'chung_x', Value)).toBeNull();
      }),
    );
  });

  test('is worth nothing cut short, sealed by another key, made up or missing', () => {
    const { raw } = sealed();
    const foreign = sealedCookies(createVault(randomBytes(32)), { secure: true, lifeSeconds: 60 });
    const bad = [raw.slice(0, -4), raw.slice(4), sealed({ state: 's' }, 'chung_x', foreign).raw, 'x', '', '{}', undefined];
    for (const one of bad) expect(cookies.read(one, 'chung_x', Value)).toBeNull();
  });

  test('is worth nothing after its time, although the browser may keep it', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const { raw } = sealed();
    vi.setSystemTime(1_000_000 + 59_999);
    expect(cookies.read(raw, 'chung_x', Value)).toEqual({ state: 's' });
    vi.setSystemTime(1_000_000 + 60_000);
    expect(cookies.read(raw, 'chung_x', Value)).toBeNull();
  });

  test('of an older form of ours is nothing, not an error', () => {
    expect(cookies.read(sealed({ other: 1 }).raw, 'chung_x', Value)).toBeNull();
    const bare = vault.seal('not json', 'chung_x').toString('base64url');
    expect(cookies.read(bare, 'chung_x', Value)).toBeNull();
  });

  test('never looks the same twice, so nobody can tell equal contents', () => expect(sealed().raw).not.toBe(sealed().raw));

  test('is taken back under the same path and flags', () => {
    const response = answer();
    cookies.clear(response, { name: 'chung_x', path: '/p' });
    expect(String(response.getHeader('set-cookie'))).toMatch(
      /^chung_x=; Max-Age=0; Path=\/p; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});
