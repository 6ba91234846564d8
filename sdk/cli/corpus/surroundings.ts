import { CLAIM, CONTACT, type CorpusProgram, ID, MEMBERSHIP, OFFERS, PROFILE, program, READ } from './program.ts';

/** React, JavaScript, parts of replies, optional scopes, and what looks like a use and is none. */
export const surroundings: readonly CorpusProgram[] = [
  program('a React context and its hook', [CLAIM], {
    'context.tsx': `import { createContext, useContext } from 'react'; import type { App } from './app.ts'; export const Platform = createContext<App | null>(null); export const usePlatform = () => { const it = useContext(Platform); if (!it) throw new Error('no platform'); return it; };`,
    'main.tsx': `import { usePlatform } from './context.tsx'; export function Take() { const { offers } = usePlatform(); return <button onClick={() => offers.claim({ offerId: '' as never })}>+</button>; }`,
  }),
  program('a custom hook that gives a method', [CLAIM], {
    'hook.ts': `import { useCallback } from 'react'; import { app } from './app.ts'; export const useClaim = () => useCallback((offerId: never) => app.offers.claim({ offerId }), []);`,
    'main.tsx': `import { useClaim } from './hook.ts'; export const Take = () => { const take = useClaim(); return <button onClick={() => take('' as never)}>+</button>; };`,
  }),
  program('a method as a JSX property', [CLAIM], {
    'main.tsx': `import { app } from './app.ts'; const Button = (p: { act: (input: { offerId: never }) => Promise<unknown> }) => <button onClick={() => p.act({ offerId: '' as never })}>+</button>; export const Screen = () => <Button act={app.offers.claim} />;`,
  }),
  program('the client as a JSX property', [READ], {
    'main.tsx': `import { app, type App } from './app.ts'; const List = ({ app: it }: { app: App }) => { it.redemptions.list(); return null; }; export const Screen = () => <List app={app} />;`,
  }),
  program('the client among the dependencies of an effect', [OFFERS], {
    'main.tsx': `import { useEffect } from 'react'; import { app } from './app.ts'; export const Screen = () => { useEffect(() => { app.offers.list(); }, [app]); return null; };`,
  }),
  program('state that holds the client', [OFFERS], {
    'main.tsx': `import { useState } from 'react'; import type { App } from './app.ts'; export const Screen = () => { const [it, set] = useState<App | null>(null); void set; return <i onClick={() => it?.offers.list()} />; };`,
  }),
  program(
    'an event handler',
    [CLAIM],
    `import { app } from './app.ts'; document.querySelector('button')?.addEventListener('click', () => void app.offers.claim({ offerId: '' as never }));`,
  ),
  program('a timer', [OFFERS], `import { app } from './app.ts'; setTimeout(app.offers.list, 1000);`),
  program('JavaScript', [CLAIM], {
    'main.js': `import { app } from './app.ts'; const { claim: take } = app.offers; take({ offerId: /** @type {never} */ (null) });`,
  }),
  program('JavaScript with JSDoc', [READ], {
    'main.js': `/** @param {import('./app.ts').App} it */ export const go = (it) => it.redemptions.list();`,
  }),
  program(
    'JavaScript without types',
    [],
    { 'main.js': `import { app } from './app.ts'; const go = (it) => it.offers.claim({ offerId: '' }); go(app);` },
    ['any'],
  ),
  program(
    'has() and then a call',
    [ID, MEMBERSHIP],
    `import { app } from './app.ts'; if (app.has('member.membership:read')) { const me = await app.me.get(); me.membership?.verified; }`,
  ),
  program(
    'an optional scope without has()',
    [CLAIM],
    `import { createMiniApp } from '@chung/mini-app'; const it = await createMiniApp({ scopes: [], optional: ['redemptions:claim'] });
    // @ts-expect-error not asked for
    it.offers.claim({ offerId: '' });`,
  ),
  program(
    'has() that was asked before',
    [OFFERS],
    `import { createMiniApp } from '@chung/mini-app'; const it = await createMiniApp({ scopes: [], optional: ['offers:read'] }); if (!it.has('offers:read')) throw new Error('no'); it.offers.list();`,
  ),
  program(
    'a part of a reply',
    [ID, CONTACT],
    `import { app } from './app.ts'; const me = await app.me.get(); export const phone = me.contact.phone;`,
  ),
  program(
    'a part of a reply, destructured',
    [ID, CONTACT, PROFILE],
    `import { app } from './app.ts'; const { contact: { phone }, profile = null } = await app.me.get(); export { phone, profile };`,
  ),
  program(
    'a part of a reply in a promise chain',
    [ID, CONTACT],
    `import { app } from './app.ts'; export const mail = app.me.get().then(({ contact }) => contact.email);`,
  ),
  program('a reply without its parts', [ID], `import { app } from './app.ts'; export const { id } = await app.me.get();`),
  program(
    'a reply handed to what reads a part',
    [ID, CONTACT],
    `import { app } from './app.ts'; const show = (me: { contact?: { phone: string | null } }) => me.contact?.phone; show(await app.me.get());`,
  ),
  program('a whole reply made into text', [ID], `import { app } from './app.ts'; export const all = JSON.stringify(await app.me.get());`, [
    'any',
  ]),
  program(
    'a part of a reply by way of a type',
    [ID, PROFILE],
    `import { app, type App } from './app.ts'; type Me = Awaited<ReturnType<App['me']['get']>>; const name = (me: Me) => me.profile.displayName; name(await app.me.get());`,
  ),
  program('a public operation', [], `import { app } from './app.ts'; await app.provinces.list();`),
  program('an unused import', [], `import { app } from './app.ts'; export const nothing = 1;`),
  program(
    'a method in a type alone',
    [],
    `import { app } from './app.ts'; export type Claim = typeof app.offers.claim; export interface Shop { take: (typeof app)['offers']['claim'] }`,
  ),
  program(
    'names in comments and texts',
    [],
    `// app.offers.claim()\nexport const text = "app.offers.claim({ offerId })"; /* app.redemptions.list() */ export const tail = \`app.me.get()\`;`,
  ),
  program(
    'other things with such names',
    [],
    `const app = { offers: { claim: (input: { offerId: string }) => input } }; app.offers.claim({ offerId: '' }); export {};`,
  ),
  program(
    'dead code',
    [CLAIM],
    `import { app } from './app.ts'; function never(): void { if (false) { void app.offers.claim({ offerId: '' as never }); } } export const x = typeof never;`,
  ),
  program(
    'code after a return',
    [CLAIM],
    `import { app } from './app.ts'; export function go() { return 1; app.offers.claim({ offerId: '' as never }); }`,
  ),
  program('two clients, one of a backend', [OFFERS, 'partner.revenue:read'], {
    'front.ts': `import { app } from './app.ts'; app.offers.list();`,
    'back.ts': `import { connectPartner, type PartnerClient } from '@chung/client/partner'; void connectPartner; export const balance = (chung: PartnerClient<'partner.revenue:read'>) => chung.partner.balance.get();`,
  }),
];
