// The import rule of the architecture. The table below is the rule: change it there and in docs/architecture together.
//
// The parser is swc: dependency-cruiser reads TypeScript through the JavaScript API of TypeScript 6 or older, and the
// native TypeScript 7 has none. Without a parser it would silently see no TypeScript file at all; the boundary tests
// (test/architecture) plant violations and so would notice.

/** room → the rooms it may open, each by its index.ts alone. It has no loops. */
const rooms = {
  ledger: [],
  audit: [],
  members: [],
  identity: ['members'],
  partners: ['identity'],
  offers: ['partners'],
  'mini-apps': ['partners'],
  reviews: ['partners', 'offers', 'mini-apps'],
  catalogue: ['members', 'offers', 'mini-apps'],
  payments: ['ledger'],
  redemptions: ['members', 'offers', 'ledger', 'payments'],
  settlements: ['partners', 'ledger', 'payments'],
  webhooks: ['partners'],
};

const server = '^platform/server/src';
const room = (name) => `${server}/rooms/${name}/`;
const test = '\\.test\\.tsx?$';

function error(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

const roomRules = Object.entries(rooms).map(([name, mayOpen]) =>
  error(
    `room-${name}`,
    `${name} may open ${mayOpen.length > 0 ? mayOpen.join(', ') : 'no other room'}.`,
    { path: room(name) },
    { path: room('[^/]+'), pathNot: [name, ...mayOpen].map(room) },
  ),
);

module.exports = {
  forbidden: [
    ...roomRules,
    error(
      'room-is-listed',
      'A room that the table does not list may not open another.',
      { path: room('([^/]+)'), pathNot: Object.keys(rooms).map(room) },
      { path: room('[^/]+'), pathNot: room('$1') },
    ),
    error(
      'room-by-its-door',
      'A room is opened by its index.ts; main.ts, app.ts and worker.ts, which compose, may also take http.ts and jobs.ts.',
      { path: room('([^/]+)') },
      { path: room('[^/]+'), pathNot: [room('$1'), `${room('[^/]+')}index\\.ts$`] },
    ),
    error(
      'composition-by-the-door',
      'Outside the rooms only doors are opened: index.ts, and http.ts and jobs.ts for what composes.',
      { path: `${server}/`, pathNot: [`${server}/rooms/`, test] },
      { path: room('[^/]+'), pathNot: `${room('[^/]+')}(index|http|jobs)\\.ts$` },
    ),
    error('kernel-knows-no-room', 'The kernel is a leaf.', { path: `${server}/kernel/` }, { path: `${server}/rooms/` }),
    error(
      'sdk-knows-no-platform',
      'What partners install never needs the platform.',
      { path: '^sdk/', pathNot: test },
      { path: '^(platform|test)/' },
    ),
    error(
      'web-sees-sdk-and-ui',
      'A web app sees the sdk, web/ui and itself.',
      { path: '^platform/web/([^/]+)/' },
      { path: '^(platform|test|examples)/', pathNot: ['^platform/web/$1/', '^platform/web/ui/'] },
    ),
    error('server-knows-no-web', 'The server serves built files; it imports none.', { path: `${server}/` }, { path: '^platform/web/' }),
    error(
      'product-knows-no-test',
      'Only tests import the test harness.',
      { path: '^(platform|sdk)/', pathNot: [test, '^platform/setup/'] },
      { path: '^test/' },
    ),
    error('no-cycles', 'Files that import each other can only be understood together.', {}, { circular: true }),
    error(
      'only-store-knows-the-database',
      'In a room only store.ts (and its siblings *-store.ts) imports PostgreSQL, Prisma or the kernel’s query layer at run time.',
      { path: room('[^/]+'), pathNot: ['[/-]store\\.ts$', test] },
      {
        path: [
          'node_modules/@prisma/',
          'node_modules/prisma/',
          'node_modules/(@types/)?pg(-copy-streams)?/',
          `${server}/generated/prisma/`,
        ],
      },
    ),
    error(
      'only-http-knows-express',
      'In a room only http.ts knows Express. In identity so do the pages and routers around oidc-provider: they are HTTP through and through.',
      {
        path: room('[^/]+'),
        pathNot: [
          '[/-]http\\.ts$',
          test,
          `${room('identity')}(authorization-server|sessions)/`,
          `${room('identity')}(oauth-router|identity)\\.ts$`,
        ],
      },
      { path: ['node_modules/express/', 'node_modules/@types/express'] },
    ),
    error(
      'no-unresolvable',
      'An import that cannot be resolved.',
      { pathNot: test },
      { couldNotResolve: true, pathNot: ['\\?', '^virtual:'] },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules|/generated/' },
    exclude: { path: ['/dist/', '^test/architecture/fixtures/'] },
    extraExtensionsToScan: ['.css', '.json'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['chung-source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
