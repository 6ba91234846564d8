// Types in both directions: what is declared can be called, what is not is an error at that very place. The compiler judges the lines
// marked as errors (`npm run check`, types of test); here its sentences are read as a partner reads them.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { OfferId, RedemptionId } from '@chung/contracts';
import { expect, expectTypeOf, test } from 'vitest';
import type { PartnerClient } from './partner.ts';
import type { IdFor, MissingScope, Operations } from './scoped-types.ts';

const run = promisify(execFile);

type Member<Declared extends Parameters<typeof declared>[0]> = Operations<IdFor<'member'>, Declared>;
declare const declared: (scope: 'openid' | 'offers:read' | 'redemptions:claim' | 'member.profile:read') => void;
declare const reader: Member<'openid' | 'offers:read' | 'member.profile:read'>;
declare const backend: PartnerClient<'partner.events:read', 'partner.redemptions:reverse' | 'partner.redemptions:fulfil'>;
declare const offerId: OfferId;
declare const redemptionId: RedemptionId;

/** Never run: the compiler reads it. */
export async function whatTheCompilerSays(): Promise<void> {
  expectTypeOf((await reader.offers.list({ q: 'x', limit: 3 })).items).toBeArray();
  for await (const offer of reader.offers.list.all({ category: 'home' })) expectTypeOf(offer.title.vi).toBeString();
  await reader.provinces.list();
  // @ts-expect-error an unknown filter
  await reader.offers.list({ colour: 'red' });
  // @ts-expect-error the path needs the offer
  await reader.offers.get();
  // @ts-expect-error redemptions:claim is not declared
  await reader.offers.claim({ offerId });
  // @ts-expect-error nor are the operations of partners there
  reader.partner;

  const me = await reader.me.get();
  expectTypeOf(me.profile.displayName).toBeString();
  expectTypeOf(me.contact).toEqualTypeOf<MissingScope<'member.contact:read'>>();
  // @ts-expect-error member.contact:read is not declared
  me.contact.phone;

  // @ts-expect-error optional, and not asked for
  await backend.partner.redemptions.reverse({ redemptionId, reason: 'x' });
  if (backend.has('partner.redemptions:reverse')) {
    await backend.partner.redemptions.reverse({ redemptionId, reason: 'x' });
    // @ts-expect-error another optional one
    await backend.partner.redemptions.fulfil({ redemptionId });
    if (backend.has('partner.redemptions:fulfil')) await backend.partner.redemptions.fulfil({ redemptionId });
  }
  // @ts-expect-error a scope that this program never declares
  backend.has('partner.offers:write');
  const { list: events } = backend.partner.events;
  for await (const event of events.all()) expectTypeOf(event.type).toBeString();
}

test('the sentence of the compiler names the scope', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(path.join(import.meta.dirname, 'sentence-'));
  try {
    await writeFile(
      path.join(folder, 'program.ts'),
      `import type { IdFor, Operations } from '../scoped-types.ts';
       declare const app: Operations<IdFor<'member'>, 'openid' | 'offers:read'>;
       export const claimed = app.offers.claim({ offerId: 'o' });
       export const phone = app.me.get().then((me) => me.contact.phone);`,
    );
    const config = { extends: '../../../../tsconfig.sdk.json', include: ['program.ts'] };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = path.resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
    const said: string = await run(process.execPath, [tsc, '-p', folder]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
    expect(said).toContain(`Type 'MissingScope<"redemptions:claim">' has no call signatures`);
    expect(said).toContain(`Property 'phone' does not exist on type 'MissingScope<"member.contact:read">'`);
    expect(said.match(/error TS/g)).toHaveLength(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
