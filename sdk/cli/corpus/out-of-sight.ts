import { CLAIM, type CorpusProgram, OFFERS, program } from './program.ts';

/** Programs that hide what they do, on purpose or not: each must be said to. */
export const outOfSight: readonly CorpusProgram[] = [
  program('as any', [], `import { app } from './app.ts'; (app as any).offers.claim({});`, ['any']),
  program('a variable of any', [], `import { app } from './app.ts'; const it: any = app; it.offers.claim({});`, ['any']),
  program('an assignment to any', [], `import { app } from './app.ts'; let it: any; it = app.offers; it.claim({});`, ['any']),
  program('a parameter of any', [], `import { app } from './app.ts'; const go = (it: any) => it.offers.claim({}); go(app);`, ['any']),
  program(
    'unknown and back',
    [],
    `import { app } from './app.ts'; const it = app as unknown as { offers: { claim(x: object): void } }; it.offers.claim({});`,
    ['unknown'],
  ),
  program('an object of any', [], `import { app } from './app.ts'; const bag: { it: any } = { it: app }; bag.it.offers.claim({});`, [
    'any',
  ]),
  program(
    'a shorthand of any',
    [],
    `import { app } from './app.ts'; const bag: Record<string, any> = { app }; bag['app'].offers.claim({});`,
    ['any'],
  ),
  program(
    'a callback that takes any',
    [],
    `import { app, type App } from './app.ts'; const withApp = (go: (it: App) => unknown) => go(app); withApp((it: any) => it.offers.claim({}));`,
    ['any'],
  ),
  program(
    'a promise that gives any',
    [],
    `import { createMiniApp } from '@chung/mini-app'; createMiniApp({ scopes: ['openid'] }).then((it: any) => it.offers.claim({}));`,
    ['any'],
  ),
  program('a function that returns any', [], `import { app } from './app.ts'; const it = (): any => app; it().offers.claim({});`, ['any']),
  program('a list of any', [], `import { app } from './app.ts'; const all: any[] = [app]; all[0].offers.claim({});`, ['any']),
  program(
    'an override that takes any',
    [],
    `import { app, type App } from './app.ts'; abstract class Screen { abstract load(it: App): unknown; open() { return this.load(app); } } class Mine extends Screen { load(it: any) { return it.redemptions.list(); } } new Mine().open();`,
    ['any'],
  ),
  program(
    'any within a generic',
    [],
    {
      'helper.ts': `export const run = <T>(it: T) => (it as any).offers.claim({});`,
      'main.ts': `import { app } from './app.ts'; import { run } from './helper.ts'; run(app);`,
    },
    ['any'],
  ),
  program(
    'any within a generic class',
    [],
    `import { app } from './app.ts'; class Box<T> { constructor(private readonly it: T) {} go() { return (this.it as any).offers.claim({}); } } new Box(app).go();`,
    ['any'],
  ),
  program(
    'the SDK itself as any',
    [],
    `import { createMiniApp } from '@chung/mini-app'; const begin = createMiniApp as any; (await begin({})).offers.claim({});`,
    ['any'],
  ),
  program('a computed key', [], `import { app } from './app.ts'; export const go = (name: keyof typeof app.offers) => app.offers[name];`, [
    'computed-key',
  ]),
  program('a key of any text', [], `import { app } from './app.ts'; export const go = (name: string) => app.offers[name as never];`, [
    'computed-key',
  ]),
  program('Object.entries', [], `import { app } from './app.ts'; for (const [name] of Object.entries(app.offers)) void name;`, ['index']),
  program('Object.values', [], `import { app } from './app.ts'; export const all = Object.values(app.offers).length;`, ['index']),
  program(
    'a loop over names',
    [],
    `import { app } from './app.ts'; for (const name in app.offers) void app.offers[name as keyof typeof app.offers];`,
    ['computed-key'],
  ),
  program('Reflect.get', [CLAIM], `import { app } from './app.ts'; Reflect.get(app.offers, 'claim')({ offerId: '' as never });`),
  program('Reflect.get of any text', [], `import { app } from './app.ts'; declare const name: string; Reflect.get(app.offers, name)({});`, [
    'any',
  ]),
  program('eval', [], `eval('app.offers.claim()');`, ['eval']),
  program('new Function', [], `new Function('app', 'app.offers.claim()');`, ['eval']),
  program('the constructor of a function', [], `(() => {}).constructor('return 1')();`, ['eval']),
  program('a request by hand', [], `await fetch('/v1/offers');`, ['raw-request']),
  program('a request by hand to an address made at run time', [], `declare const base: string; await fetch(\`\${base}/v1/me\`);`, [
    'raw-request',
  ]),
  program('a request by hand to the platform', [], `const PLATFORM = 'https://app.chung.example'; await fetch(PLATFORM + '/anything');`, [
    'raw-request',
  ]),
  program('XMLHttpRequest', [], `const it = new XMLHttpRequest(); it.open('GET', '/v1/me'); it.send();`, ['raw-request']),
  program('a WebSocket to the platform', [], `new WebSocket('wss://app.chung.example/live');`, ['raw-request']),
  program('a fetch under another name', [], `const { fetch: get } = window; await get('/v1/me');`, ['raw-request']),
  program('a v1 of somebody else', [], `await fetch('https://api.example.vn/v1/me');`),
  program('a function that is called fetch', [], `const fetch = (path: string) => path; fetch('/v1/me'); export {};`),
  program('a dynamic import that cannot be told', [], `declare const name: string; await import(name);`, ['dynamic-import']),
  program('a package that is not installed', [], `// @ts-expect-error it is not there\nimport { x } from '@chung/mini-app/nothing'; x();`, [
    'module-missing',
  ]),
  program('a file that is not there', [], `// @ts-expect-error it is not there\nimport { app } from './gone.ts'; app.offers.claim({});`, [
    'module-missing',
  ]),
  program('a method that is not there', [], `import { app } from './app.ts';\n// @ts-expect-error it is not there\napp.offers.take({});`),
  program(
    'never and back',
    [],
    `import { app } from './app.ts'; (app as never as { offers: { claim(x: object): void } }).offers.claim({});`,
    ['other'],
  ),
  program('a spread into any', [], `import { app } from './app.ts'; const bag: any = { ...app }; bag.offers.claim({});`, ['any']),
  program('an object into any', [], `import { app } from './app.ts'; const bag: any = { it: app }; bag.it.offers.claim({});`, ['any']),
  program(
    'a spread into another shape',
    [CLAIM],
    `import { app } from './app.ts'; const port: { claim(x: { offerId: never }): unknown } = { ...app.offers }; port.claim({ offerId: "" as never });`,
  ),
  program('a Map of any', [], `import { app } from './app.ts'; new Map<string, any>().set("it", app).get("it").offers.claim({});`, ['any']),
  program(
    'a list that takes any',
    [],
    `import { app } from './app.ts'; const all = new Array<any>(); all.push(app); all[0].offers.claim({});`,
    ['any'],
  ),
  program(
    'a promise of any',
    [],
    `import { app } from './app.ts'; const it = async (): Promise<any> => app; (await it()).offers.claim({});`,
    ['any'],
  ),
  program(
    'a generator of any',
    [],
    `import { app } from './app.ts'; function* it(): Generator<any> { yield app; } it().next().value.offers.claim({});`,
    ['any'],
  ),
  program('a pattern that puts a part into any', [], `import { app } from './app.ts'; let it: any; ({ offers: it } = app); it.claim({});`, [
    'any',
  ]),
  program('a list pattern that puts it into any', [], `import { app } from './app.ts'; let it: any; [it] = [app]; it.offers.claim({});`, [
    'any',
  ]),
  program('an assignment where nothing is', [], `import { app } from './app.ts'; let it: any; it ??= app; it.offers.claim({});`, ['any']),
  program(
    'a field of any',
    [],
    `import { app } from './app.ts'; class Shop { it: any = app; go() { return this.it.offers.claim({}); } } new Shop().go();`,
    ['any'],
  ),
  program(
    'a field of any set later',
    [],
    `import { app } from './app.ts'; class Shop { it: any; constructor() { this.it = app; } go() { return this.it.offers.claim({}); } } new Shop().go();`,
    ['any'],
  ),
  program(
    'a setter of any',
    [],
    `import { app } from './app.ts'; const shop = { set it(value: any) { value.offers.claim({}); } }; shop.it = app;`,
    ['any'],
  ),
  program(
    'a constructor that takes any',
    [],
    `import { app } from './app.ts'; class Shop { constructor(it: any) { it.offers.claim({}); } } new Shop(app);`,
    ['any'],
  ),
  program(
    'a template tag',
    [],
    `import { app } from './app.ts'; const tag = (_: TemplateStringsArray, it: any) => it.offers.claim({}); tag\`\${app}\`;`,
    ['any'],
  ),
  program(
    'a default of a parameter of any',
    [],
    `import { app } from './app.ts'; const go = (it: any = app) => it.offers.claim({}); go();`,
    ['any'],
  ),
  program(
    'a default in a pattern of any',
    [],
    `import { app } from './app.ts'; const go = ({ it = app }: { it?: any }) => it.offers.claim({}); go({});`,
    ['any'],
  ),
  program(
    'a table of clients',
    [CLAIM],
    `import { app } from './app.ts'; const all: Record<string, typeof app> = { one: app }; all["one"]?.offers.claim({ offerId: "" as never });`,
  ),
  program('a JSON copy', [], `import { app } from './app.ts'; export const copy = JSON.parse(JSON.stringify(app));`, ['any']),
  program('a proxy', [CLAIM], `import { app } from './app.ts'; const it = new Proxy(app, {}); it.offers.claim({ offerId: "" as never });`),
  program('a WeakRef', [CLAIM], `import { app } from './app.ts'; new WeakRef(app).deref()?.offers.claim({ offerId: "" as never });`),
  program('an iterator helper', [CLAIM], `import { app } from './app.ts'; [app].map((it) => it.offers.claim({ offerId: "" as never }));`),
  program(
    'a function that gives any by its type',
    [],
    `import { app } from './app.ts'; const make = () => app; const it: () => any = make; it().offers.claim({});`,
    ['any'],
  ),
  program('a global property', [], `import { app } from './app.ts'; (globalThis as any).it = app;`, ['any']),
  program(
    'a React reference of any',
    [],
    {
      'main.tsx': `import { useRef } from 'react'; import { app } from './app.ts'; export const Screen = () => { const it = useRef<any>(app); return <i onClick={() => it.current.offers.claim({})} />; };`,
    },
    ['any'],
  ),
  program(
    'a JSX property of any',
    [],
    {
      'main.tsx': `import { app } from './app.ts'; const List = ({ it }: { it: any }) => { it.offers.claim({}); return null; }; export const Screen = () => <List it={app} />;`,
    },
    ['unknown'],
  ),
  program(
    'a JSX spread into any',
    [],
    {
      'main.tsx': `import { app } from './app.ts'; const List = ({ it }: { it: any }) => { it.offers.claim({}); return null; }; const all = { it: app }; export const Screen = () => <List {...all} />;`,
    },
    ['any'],
  ),
  program(
    'a JSX spread of a literal into any',
    [],
    {
      'main.tsx': `import { app } from './app.ts'; const List = ({ it }: { it: any }) => { it.offers.claim({}); return null; }; export const Screen = () => <List {...{ it: app }} />;`,
    },
    ['unknown'],
  ),
  program(
    'a child that is a function of any',
    [],
    {
      'main.tsx': `import { app, type App } from './app.ts'; const With = ({ children }: { children: (it: App) => null }) => children(app); export const Screen = () => <With>{(it: any) => it.offers.claim({})}</With>;`,
    },
    ['any'],
  ),
  program('satisfies on the way to any', [], `import { app } from './app.ts'; const it: any = app satisfies object; it.offers.claim({});`, [
    'any',
  ]),
  program(
    'a ternary into any',
    [],
    `import { app } from './app.ts'; const it: any = Math.random() > 1 ? app : null; it?.offers.claim({});`,
    ['any'],
  ),
  program('a comma into any', [], `import { app } from './app.ts'; let n = 0; const it: any = (n++, app); it.offers.claim({});`, ['any']),
  program(
    'a default of any by or',
    [],
    `import { app } from './app.ts'; declare const none: null | typeof app; const it: any = none || app; it.offers.claim({});`,
    ['any'],
  ),
  program(
    'await on the way to any',
    [],
    `import { createMiniApp } from '@chung/mini-app'; const it: any = await createMiniApp({ scopes: ['openid'] }); it.offers.claim({});`,
    ['any'],
  ),
  program(
    'a promise into any',
    [],
    `import { createMiniApp } from '@chung/mini-app'; const it: Promise<any> = createMiniApp({ scopes: ['openid'] }); (await it).offers.claim({});`,
    ['any'],
  ),
  program(
    'a static field of any',
    [],
    `import { app } from './app.ts'; class Shop { static it: any; static { Shop.it = app; } } Shop.it.offers.claim({});`,
    ['any'],
  ),
  program(
    'an export of any',
    [],
    {
      'door.ts': `import { app } from './app.ts'; export const it = app as any;`,
      'main.ts': `import { it } from './door.ts'; it.offers.claim({});`,
    },
    ['any'],
  ),
  program(
    'a non-SDK interface in between',
    [CLAIM],
    `import { app } from './app.ts'; interface Shop { offers: { claim(x: { offerId: never }): unknown } } const it: Shop = app; it.offers.claim({ offerId: '' as never });`,
  ),
  program(
    'an interface that a class implements with the client',
    [CLAIM],
    `import { app } from './app.ts'; interface Shop { claim(x: { offerId: never }): unknown } class Real implements Shop { claim = app.offers.claim; } const it: Shop = new Real(); it.claim({ offerId: '' as never });`,
  ),
  program('a bag with no shape', [], `import { app } from './app.ts'; const it: object = app; Object.assign({}, it); export {};`, [
    'object',
  ]),
  program(
    'a weak interface and back',
    [],
    `import { app } from './app.ts'; interface Handle { granted: unknown } const it: Handle = app; (it as any).offers.claim({});`,
    ['other'],
  ),
  program(
    'seen uses beside what is out of sight',
    [CLAIM, OFFERS],
    `import { app } from './app.ts'; app.offers.list(); app.offers.claim({ offerId: '' as never }); export const it: any = app;`,
    ['any'],
  ),
];
