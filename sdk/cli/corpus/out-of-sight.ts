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
    'seen uses beside what is out of sight',
    [CLAIM, OFFERS],
    `import { app } from './app.ts'; app.offers.list(); app.offers.claim({ offerId: '' as never }); export const it: any = app;`,
    ['any'],
  ),
];
