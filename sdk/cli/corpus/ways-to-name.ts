import { CLAIM, type CorpusProgram, OFFERS, program, READ } from './program.ts';

/** Ways in which a method gets another name, or none. */
export const waysToName: readonly CorpusProgram[] = [
  program('a direct call', [CLAIM], `import { app } from './app.ts'; await app.offers.claim({ offerId: '' as never });`),
  program(
    'a namespace import of the SDK',
    [OFFERS],
    `import * as chung from '@chung/mini-app'; const app = await chung.createMiniApp({ scopes: ['offers:read'] }); await app.offers.list();`,
  ),
  program(
    'a namespace import of a file',
    [CLAIM],
    `import * as platform from './app.ts'; platform.app.offers.claim({ offerId: '' as never });`,
  ),
  program('a default re-export', [OFFERS], {
    'door.ts': `export { app as default } from './app.ts';`,
    'main.ts': `import anything from './door.ts'; anything.offers.list();`,
  }),
  program('a renamed re-export of the SDK', [OFFERS], {
    'door.ts': `export { createMiniApp as begin } from '@chung/mini-app';`,
    'main.ts': `import { begin } from './door.ts'; const it = await begin({ scopes: ['offers:read'] }); it.offers.list();`,
  }),
  program('barrel files in a chain', [CLAIM, READ], {
    'a/index.ts': `export * from '../app.ts';`,
    'b/index.ts': `export * from '../a/index.ts'; export * as deep from '../a/index.ts';`,
    'main.ts': `import { app, deep } from './b/index.ts'; app.offers.claim({ offerId: '' as never }); deep.app.redemptions.list();`,
  }),
  program(
    'an alias of the client',
    [CLAIM],
    `import { app } from './app.ts'; const a = app; const b = a; b.offers.claim({ offerId: '' as never });`,
  ),
  program(
    'an alias of a namespace',
    [CLAIM],
    `import { app } from './app.ts'; const shop = app.offers; shop.claim({ offerId: '' as never });`,
  ),
  program(
    'an alias of a method',
    [CLAIM],
    `import { app } from './app.ts'; const take = app.offers.claim; take({ offerId: '' as never });`,
  ),
  program('destructuring', [CLAIM], `import { app } from './app.ts'; const { claim } = app.offers; claim({ offerId: '' as never });`),
  program(
    'destructuring with rename and default',
    [CLAIM],
    `import { app } from './app.ts'; const { claim: take = async () => null } = app.offers; take({ offerId: '' as never });`,
  ),
  program(
    'nested destructuring',
    [CLAIM, READ],
    `import { app } from './app.ts'; const { offers: { claim: c }, redemptions: { list: { all } } } = app; c({ offerId: '' as never }); all();`,
  ),
  program(
    'destructuring into what is there',
    [CLAIM],
    `import { app } from './app.ts'; let claim; ({ claim } = app.offers); export { claim };`,
  ),
  program(
    'nested destructuring into what is there',
    [READ],
    `import { app } from './app.ts'; let list: typeof app.redemptions.list; ({ redemptions: { list } } = app); list();`,
  ),
  program(
    'destructuring of a parameter',
    [CLAIM],
    `import { app, type App } from './app.ts';
    function take({ offers: { claim } }: App) { return claim({ offerId: '' as never }); } take(app);`,
  ),
  program(
    'destructuring with rest',
    [READ],
    `import { app } from './app.ts'; const { offers, ...rest } = app; void offers; rest.redemptions.list();`,
  ),
  program(
    'destructuring in a loop',
    [CLAIM],
    `import { app } from './app.ts'; for (const { claim } of [app.offers]) claim({ offerId: '' as never });`,
  ),
  program('a literal key', [CLAIM], `import { app } from './app.ts'; app['offers']['claim']({ offerId: '' as never });`),
  program(
    'a key that is a constant',
    [CLAIM],
    `import { app } from './app.ts'; const key = 'claim'; app.offers[key]({ offerId: '' as never });`,
  ),
  program(
    'a computed name in a pattern',
    [CLAIM],
    `import { app } from './app.ts'; const key = 'claim' as const; const { [key]: c } = app.offers; c({ offerId: '' as never });`,
  ),
  program('an optional call', [CLAIM], `import { app } from './app.ts'; app.offers.claim?.({ offerId: '' as never });`),
  program(
    'optional chaining',
    [CLAIM],
    `import { app, type App } from './app.ts'; const maybe: App | null = Math.random() > 2 ? app : null; maybe?.offers?.claim({ offerId: '' as never });`,
  ),
  program(
    'a non-null assertion',
    [CLAIM],
    `import type { App } from './app.ts'; let later: App | undefined; export const go = () => later!.offers!.claim!({ offerId: '' as never });`,
  ),
  program('satisfies', [CLAIM], `import { app, type App } from './app.ts'; (app satisfies App).offers.claim({ offerId: '' as never });`),
  program(
    'as const',
    [CLAIM],
    `import { app } from './app.ts'; const table = { take: app.offers.claim } as const; table.take({ offerId: '' as never });`,
  ),
  program('parentheses and commas', [OFFERS], `import { app } from './app.ts'; (0, app.offers.list)();`),
  program(
    'a dynamic import',
    [OFFERS],
    `const { createMiniApp } = await import('@chung/mini-app'); (await createMiniApp({ scopes: ['offers:read'] })).offers.list();`,
  ),
  program('a dynamic import of a file', [CLAIM], `const own = await import('./app.ts'); own.app.offers.claim({ offerId: '' as never });`),
  program('an export that another file uses', [CLAIM], {
    'actions.ts': `import { app } from './app.ts'; export const { claim } = app.offers;`,
    'main.ts': `import { claim as go } from './actions.ts'; go({ offerId: '' as never });`,
  }),
  program('a default export of an expression', [CLAIM], {
    'actions.ts': `import { app } from './app.ts'; export default app.offers.claim;`,
    'main.ts': `import go from './actions.ts'; go({ offerId: '' as never });`,
  }),
  program('a workspace package', [CLAIM], {
    'packages/kit/index.ts': `export { app } from '../../app.ts';`,
    'main.ts': `import { app } from '#kit'; app.offers.claim({ offerId: '' as never });`,
  }),
  program(
    'a partner’s backend',
    ['partner.redemptions:fulfil', 'partner.events:read'],
    `import { connectPartner } from '@chung/client/partner';
    const chung = await connectPartner({ issuer: '', clientId: '', privateKey: {} as never, scopes: ['partner.redemptions:fulfil', 'partner.events:read'] });
    for await (const event of chung.partner.events.list.all()) void event;
    await chung.partner.redemptions.fulfil({ redemptionId: '' as never });`,
  ),
];
