import { CLAIM, type CorpusProgram, OFFERS, program, READ } from './program.ts';

/** Ways in which a method or the client gets to where it is called. */
export const waysToPass: readonly CorpusProgram[] = [
  program('a wrapper function', [CLAIM], {
    'wrap.ts': `import { app } from './app.ts'; export const take = (offerId: never) => app.offers.claim({ offerId });`,
    'main.ts': `import { take } from './wrap.ts'; take('' as never);`,
  }),
  program(
    'a higher-order function',
    [CLAIM],
    `import { app } from './app.ts'; const twice = <A extends unknown[], R>(f: (...a: A) => R) => (...a: A) => [f(...a), f(...a)]; twice(app.offers.claim)({ offerId: '' as never });`,
  ),
  program('a function that knows nothing of the SDK', [CLAIM], {
    'helper.ts': `export interface Port { claim(input: { offerId: never }): Promise<unknown> } export const buy = (port: Port) => port.claim({ offerId: '' as never });`,
    'main.ts': `import { app } from './app.ts'; import { buy } from './helper.ts'; buy(app.offers);`,
  }),
  program(
    'a class field',
    [CLAIM],
    `import { app } from './app.ts'; class Shop { take = app.offers.claim; } new Shop().take({ offerId: '' as never });`,
  ),
  program(
    'a private field with the client',
    [CLAIM],
    `import { app, type App } from './app.ts'; class Shop { #app: App; constructor(a: App) { this.#app = a; } go() { return this.#app.offers.claim({ offerId: '' as never }); } } new Shop(app).go();`,
  ),
  program(
    'a class method',
    [CLAIM],
    `import { app } from './app.ts'; class Shop { static go() { return app.offers.claim({ offerId: '' as never }); } } Shop.go();`,
  ),
  program(
    'a getter',
    [CLAIM],
    `import { app } from './app.ts'; const shop = { get take() { return app.offers.claim; } }; shop.take({ offerId: '' as never });`,
  ),
  program(
    'a method as a value',
    [CLAIM],
    `import { app } from './app.ts'; const run = (f: (input: { offerId: never }) => unknown) => f({ offerId: '' as never }); run(app.offers.claim);`,
  ),
  program(
    'a list of methods',
    [CLAIM, OFFERS],
    `import { app } from './app.ts'; const all = [app.offers.claim, app.offers.list]; for (const one of all) (one as (x?: never) => unknown)();`,
  ),
  program(
    'an object of methods',
    [CLAIM, READ],
    `import { app } from './app.ts'; export const api = { take: app.offers.claim, mine: app.redemptions.list };`,
  ),
  program(
    'a Map of methods',
    [CLAIM],
    `import { app } from './app.ts'; const table = new Map([['take', app.offers.claim]]); table.get('take')?.({ offerId: '' as never });`,
  ),
  program(
    'generics over the client',
    [CLAIM],
    `import { app, type App } from './app.ts'; const go = <T extends App>(it: T) => it.offers.claim({ offerId: '' as never }); go(app);`,
  ),
  program(
    'a generic that picks',
    [CLAIM],
    `import { app } from './app.ts'; const pick = <T, K extends keyof T>(o: T, k: K): T[K] => o[k]; pick(app.offers, 'claim')({ offerId: '' as never });`,
    ['computed-key'],
  ),
  program(
    'a conditional type',
    [CLAIM],
    `import { app, type App } from './app.ts'; type Shop<T> = T extends { offers: infer O } ? O : never; const shop: Shop<App> = app.offers; shop.claim({ offerId: '' as never });`,
  ),
  program(
    'ReturnType of a function',
    [CLAIM],
    `import { app } from './app.ts'; const make = () => app; export const go = (it: ReturnType<typeof make>) => it.offers.claim({ offerId: '' as never });`,
  ),
  program(
    'Awaited and Parameters',
    [OFFERS],
    `import type { createMiniApp } from '@chung/mini-app'; type It = Awaited<ReturnType<typeof createMiniApp<'offers:read'>>>; export const go = (it: It) => it.offers.list();`,
  ),
  program('call', [CLAIM], `import { app } from './app.ts'; app.offers.claim.call(null, { offerId: '' as never });`),
  program('apply', [CLAIM], `import { app } from './app.ts'; app.offers.claim.apply(null, [{ offerId: '' as never }]);`),
  program('bind', [CLAIM], `import { app } from './app.ts'; const go = app.offers.claim.bind(null); go({ offerId: '' as never });`),
  program('Reflect.apply', [CLAIM], `import { app } from './app.ts'; Reflect.apply(app.offers.claim, null, [{ offerId: '' as never }]);`),
  program(
    'a spread of a namespace',
    [CLAIM],
    `import { app } from './app.ts'; const mine = { ...app.offers, extra: 1 }; mine.claim({ offerId: '' as never });`,
  ),
  program('a spread of the client', [READ], `import { app } from './app.ts'; const mine = { ...app, extra: 1 }; mine.redemptions.list();`),
  program(
    'Object.assign',
    [CLAIM],
    `import { app } from './app.ts'; const mine = Object.assign({}, app.offers); mine.claim({ offerId: '' as never });`,
  ),
  program(
    'a ternary',
    [CLAIM, OFFERS],
    `import { app } from './app.ts'; const f = Math.random() > 1 ? app.offers.claim : app.offers.list; export { f };`,
  ),
  program(
    'logical or',
    [CLAIM],
    `import { app } from './app.ts'; const given = undefined as undefined | typeof app.offers.claim; (given || app.offers.claim)({ offerId: '' as never });`,
  ),
  program(
    'a promise chain',
    [OFFERS, CLAIM],
    `import { app } from './app.ts'; app.offers.list().then(({ items }) => items[0]).then((offer) => offer && app.offers.claim({ offerId: offer.id }));`,
  ),
  program(
    'a promise of the client',
    [CLAIM],
    `import { app } from './app.ts'; Promise.resolve(app).then((it) => it.offers.claim({ offerId: '' as never }));`,
  ),
  program('a walk of all pages', [READ], `import { app } from './app.ts'; for await (const one of app.redemptions.list.all()) void one;`),
  program(
    'Promise.all over a map',
    [CLAIM],
    `import { app } from './app.ts'; await Promise.all(['a', 'b'].map((offerId) => app.offers.claim({ offerId: offerId as never })));`,
  ),
  program(
    'currying',
    [CLAIM],
    `import { app, type App } from './app.ts'; const go = (it: App) => (offerId: never) => () => it.offers.claim({ offerId }); go(app)('' as never)();`,
  ),
  program(
    'a default of a parameter',
    [CLAIM],
    `import { app } from './app.ts'; const go = (claim = app.offers.claim) => claim({ offerId: '' as never }); go();`,
  ),
  program(
    'rest parameters',
    [CLAIM],
    `import { app, type App } from './app.ts'; const go = (...all: App[]) => all.map((one) => one.offers.claim({ offerId: '' as never })); go(app, app);`,
  ),
  program(
    'a closure',
    [CLAIM],
    `import { app } from './app.ts'; const outer = () => { const inner = app; return () => inner.offers.claim({ offerId: '' as never }); }; outer()();`,
  ),
  program(
    'inheritance',
    [CLAIM],
    `import { app, type App } from './app.ts'; class Base { constructor(protected readonly it: App) {} } class Shop extends Base { go() { return this.it.offers.claim({ offerId: '' as never }); } } new Shop(app).go();`,
  ),
  program(
    'an abstract class',
    [READ],
    `import { app, type App } from './app.ts'; abstract class Screen { abstract load(it: App): unknown; open() { return this.load(app); } } class Mine extends Screen { load(it: App) { return it.redemptions.list(); } } new Mine().open();`,
  ),
  program(
    'a switch',
    [CLAIM, READ],
    `import { app } from './app.ts'; export const go = (what: 'take' | 'mine') => { switch (what) { case 'take': return app.offers.claim({ offerId: '' as never }); default: return app.redemptions.list(); } };`,
  ),
  program(
    'a pipeline by reduce',
    [OFFERS],
    `import { app } from './app.ts'; const steps: ((x: unknown) => unknown)[] = [() => app.offers.list(), (x) => x]; steps.reduce((value, step) => step(value), null as unknown);`,
  ),
  program('a generator', [READ], `import { app } from './app.ts'; export async function* mine() { yield* app.redemptions.list.all(); }`),
  program(
    'a union of clients',
    [CLAIM],
    `import { app, type App } from './app.ts'; import type { MiniApp } from '@chung/mini-app'; export const go = (it: App | MiniApp<'redemptions:claim'>) => it.offers.claim({ offerId: '' as never }); go(app);`,
  ),
  program(
    'a box of one’s own',
    [CLAIM],
    `import { app } from './app.ts'; class Box<T> { constructor(readonly value: T) {} } const box = new Box(app); box.value.offers.claim({ offerId: '' as never });`,
  ),
  program(
    'a tagged union with the client in it',
    [CLAIM],
    `import type { App } from './app.ts'; type State = { at: 'start' } | { at: 'ready'; app: App }; export const go = (s: State) => s.at === 'ready' && s.app.offers.claim({ offerId: '' as never });`,
  ),
  program('a global', [CLAIM], {
    'main.ts': `import type { App } from './app.ts'; declare global { var ownPlatform: App } export {};`,
    'user.ts': `ownPlatform.offers.claim({ offerId: '' as never }); export {};`,
  }),
];
