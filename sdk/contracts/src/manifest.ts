import { z } from 'zod';
import inVietnamese from 'zod/v4/locales/vi.js';
import { OfferDraft } from './offer.ts';
import { isScope, SCOPES, type Scope } from './scopes.ts';
import { type Language, type Text, textUpTo } from './text.ts';
import { Slug } from './values.ts';

// `chung.config.ts`: the whole listing of an app. Names are those of the W3C MiniApp Manifest where it has one, which is why they are
// written with underscores here and nowhere else.

// In which language what is found is said. Parsing never waits, so nothing can come between setting it and reading it.
let speaking: Language = 'en';

/** Words of our own for what a schema finds, in the language that is spoken at that moment. */
const said = (vi: string, en: string) => ({ error: () => ({ vi, en })[speaking] });

const differBy =
  <Item>(name: (item: Item) => string) =>
  (items: readonly Item[]) =>
    new Set(items.map(name)).size === items.length;

/** Scopes that a partner can ask for: the platform's own are not among them. */
const RequestableScope = z.custom<Scope>(
  (name) => typeof name === 'string' && isScope(name) && SCOPES[name].holder !== 'admin' && SCOPES[name].sensitivity !== 'first-party',
  {
    error: ({ input }) => {
      const name = JSON.stringify(input);
      const isOurs = typeof input === 'string' && isScope(input);
      const text = isOurs
        ? {
            vi: `${name} là quyền riêng của ứng dụng nền tảng, không cấp cho đối tác`,
            en: `${name} belongs to the platform's own apps; no partner can be given it`,
          }
        : {
            vi: `${name ?? 'để trống'} không phải là quyền; xem docs/scopes.md`,
            en: `${name ?? 'nothing'} is not a scope; see docs/scopes.md`,
          };
      return text[speaking];
    },
  },
);

/** One scope that the app asks for, and what it says to the member about it. */
export const RequestedPermission = z.strictObject({
  name: RequestableScope,
  /** Shown to the member on the consent screen, in the language they use. */
  purpose: textUpTo(200),
  /** The app works without it, and asks at the moment it is needed. */
  optional: z.boolean().default(false),
});
export type RequestedPermission = z.infer<typeof RequestedPermission>;

/** What the pattern cannot count: the letters between two dots (RFC 1035 §2.3.4) and the number of a port. A browser would drop such a host. */
function isReachable(host: string): boolean {
  const [name = '', port = '443'] = host.split(':');
  return name.split('.').every((label) => label.length <= 63) && Number(port) >= 1 && Number(port) <= 65_535;
}

const HOST_ALONE = said(
  'chỉ ghi tên máy chủ bằng chữ thường, ví dụ "api.example.vn": không giao thức, đường dẫn hay dấu *',
  'write the host alone, in lower case, e.g. "api.example.vn": no scheme, path or wildcard',
);

/** A name, perhaps with a port; no scheme, path or wildcard: each host that is contacted is named to the reviewer. */
export const HostName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?$/, HOST_ALONE)
  .refine(
    isReachable,
    said(
      'không trình duyệt nào tới được máy chủ này: một phần của tên dài hơn 63 chữ, hoặc số cổng không nằm trong 1–65535',
      'no browser reaches this host: a part of its name is longer than 63 letters, or its port is not from 1 to 65535',
    ),
  );

const AllowedHost = z.strictObject({ host: HostName, reason: textUpTo(200) });

const INSIDE = said('biểu tượng là tệp .png, .svg hoặc .webp nằm trong dự án', 'an icon is a .png, .svg or .webp file inside the project');

const Icon = z.strictObject({
  src: z
    .string()
    .regex(/^(?!\/|\.\.)[^\\:]+\.(png|svg|webp)$/, INSIDE)
    .refine((path) => !path.split('/').includes('..'), INSIDE),
  sizes: z
    .string()
    .regex(
      /^(\d+x\d+|any)$/,
      said('kích thước ghi như "192x192", hoặc "any" cho .svg', 'sizes are written like "192x192", or "any" for .svg'),
    ),
  label: z.string().max(60).optional(),
});

const Version = z.strictObject({
  /** Rises with every release. */
  code: z.int().min(1).max(2_000_000_000),
  name: z.string().regex(/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/, said('tên phiên bản có dạng "1.4.0"', 'a version name is like "1.4.0"')),
});

/** How long the app's own servers keep what they learn of members; `none` when they keep nothing. */
const DataRetention = z.discriminatedUnion('kept', [
  z.strictObject({ kept: z.literal('none') }),
  z.strictObject({ kept: z.literal('days'), days: z.int().min(1).max(3660), reason: textUpTo(300) }),
]);

const Contact = z.strictObject({
  email: z.email(),
  phone: z
    .string()
    .regex(/^\+?[0-9 ]{8,16}$/)
    .optional(),
  url: z.url({ protocol: /^https$/ }).optional(),
});

/** What stands in `chung.config.ts`. */
export const Manifest = z.strictObject({
  /** Stable for the life of the app, e.g. `vn.example.rewards`. */
  app_id: z
    .string()
    .min(3)
    .max(64)
    .regex(
      /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/,
      said(
        'app_id là tên miền viết ngược bằng chữ thường, ví dụ "vn.example.rewards"',
        'an app_id is a reversed domain in lower case, e.g. "vn.example.rewards"',
      ),
    ),
  name: textUpTo(40),
  description: textUpTo(500),
  icons: z.array(Icon).min(1).max(10),
  version: Version,
  /** The oldest host that can run the app. */
  platform_version: z.strictObject({ min_code: z.int().min(1) }),
  req_permissions: z
    .array(RequestedPermission)
    .max(30)
    .refine(
      differBy<RequestedPermission>(({ name }) => name),
      said('một quyền được ghi hai lần', 'a scope is listed twice'),
    ),
  allowed_hosts: z
    .array(AllowedHost)
    .max(20)
    .refine(
      differBy<z.infer<typeof AllowedHost>>(({ host }) => host),
      said('một máy chủ được ghi hai lần', 'a host is listed twice'),
    )
    .default([]),
  /** Offers that come with the app, each under a name of its own that stays the same from release to release. */
  offers: z
    .array(z.strictObject({ ref: Slug, draft: OfferDraft }))
    .max(50)
    .refine(
      differBy<{ ref: string }>(({ ref }) => ref),
      said('hai ưu đãi có cùng ref', 'two offers have the same ref'),
    )
    .default([]),
  /** Paths of the screens, the first is opened at the start. Empty for an app of offers alone. */
  pages: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9-]+(\/[a-z0-9-]+)*$/,
          said('trang là đường dẫn như "home" hoặc "offers/detail"', 'a page is a path like "home" or "offers/detail"'),
        ),
    )
    .max(100)
    .default([]),
  age_rating: z.enum(['all', '13', '16', '18']),
  data_retention: DataRetention,
  contact: Contact,
});
export type Manifest = z.infer<typeof Manifest>;

/** The manifest as it is written: what has a default may be left out. */
export type ManifestInput = z.input<typeof Manifest>;

/** One thing that is wrong in a manifest; `path` is where, e.g. `req_permissions.0.purpose.en`. */
export interface ManifestProblem {
  readonly path: readonly (string | number)[];
  /** In English. */
  readonly message: string;
  readonly text: Text;
}

export type ManifestReading =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/**
 * Reads a manifest and says everything that is wrong with it at once.
 *
 * @example
 * const reading = readManifest({ app_id: 'vn.example.rewards' });
 * if (!reading.ok) for (const { path, message } of reading.problems) show(`${path.join('.')}: ${message}`);
 */
export function readManifest(value: unknown): ManifestReading {
  const read = Manifest.safeParse(value);
  if (read.success) return { ok: true, manifest: read.data };
  const vietnamese = issuesIn('vi', value);
  const problems = issuesIn('en', value).map(({ path, message }, index) => ({
    path: path.map((part) => (typeof part === 'number' ? part : String(part))),
    message,
    text: { vi: vietnamese[index]?.message ?? message, en: message },
  }));
  return { ok: false, problems };
}

const { localeError } = inVietnamese();

/** What is wrong, in one language. The library words an error when it is first looked at, so it is looked at here. */
function issuesIn(language: Language, value: unknown): readonly z.core.$ZodIssue[] {
  speaking = language;
  try {
    return Manifest.safeParse(value, language === 'vi' ? { error: localeError } : {}).error?.issues ?? [];
  } finally {
    speaking = 'en';
  }
}

/**
 * Types `chung.config.ts` as it is written. It does nothing else: `chung check` judges the values.
 *
 * @example
 * export default defineApp({
 *   app_id: 'vn.example.rewards',
 *   name: { vi: 'Quà tặng', en: 'Gifts' },
 *   description: { vi: 'Quà cho đoàn viên.', en: 'Gifts for members.' },
 *   icons: [{ src: 'icons/app.svg', sizes: 'any' }],
 *   version: { code: 1, name: '1.0.0' },
 *   platform_version: { min_code: 1 },
 *   req_permissions: [{ name: 'offers:read', purpose: { vi: 'Hiện ưu đãi', en: 'Show offers' } }],
 *   pages: ['home'],
 *   age_rating: 'all',
 *   data_retention: { kept: 'none' },
 *   contact: { email: 'lienhe@example.vn' },
 * });
 */
export function defineApp<const Written extends ManifestInput>(manifest: Written): Written {
  return manifest;
}
