import { Manifest } from '@chung/contracts';
import { needOf, shapeOf } from './field-table.ts';
import { MANIFEST_WORDS } from './manifest-words.ts';
import { code, fence, table } from './markdown.ts';
import { type Field, fieldsOf, jsonSchemaOf } from './schema-fields.ts';

/** Where a field is of another page: an offer is written in a manifest as it is over the API. */
const ELSEWHERE = 'offers[].draft';

/** Which scopes there are is decided by a function, of which a schema tells nothing. */
const SCOPE_NAME = 'req_permissions[].name';

const isHere = ({ path }: Field) => !path.startsWith(`${ELSEWHERE}.`) && !path.startsWith(`${ELSEWHERE}{`);

/** Every field of a manifest, in the order of the declaration. */
export const manifestFields = (): readonly Field[] => fieldsOf(jsonSchemaOf(Manifest, 'input')).filter(isHere);

/** The reference of `chung.config.ts`. Throws for a field without words: nobody could tell what to write there. */
export function manifestPage(): string {
  const rows = manifestFields().map((field) => {
    const { path } = field;
    const words = MANIFEST_WORDS[path];
    if (!words) throw new Error(`The field ${path} of the manifest has no words in reference/manifest-words.ts.`);
    return [code(path), `${words.en}<br>${words.vi}`, path === SCOPE_NAME ? 'scope' : shapeOf(field), needOf(field, 'optional')];
  });
  return `${OPENING}

## Fields

${table(['Field', 'What it says', 'Type and limits', ''], rows)}

${ENDING}
`;
}

const OPENING = `# The manifest: \`chung.config.ts\`

One file in the root of the project says everything that the listing, the consent screen and the reviewers need: there is no form in a portal. Names are
those of the [W3C MiniApp Manifest](https://www.w3.org/TR/miniapp-manifest/) where it has one. \`defineApp\` gives types while you write;
[\`chung check\`](check/README.md) judges the values, on your machine and on the server alike.

**Tóm tắt.** Tệp \`chung.config.ts\` khai báo mọi thứ về ứng dụng: tên, quyền và mục đích của từng quyền, máy chủ được gọi, ưu đãi, cách lưu dữ liệu. Chữ cho
người dùng luôn có cả tiếng Việt và tiếng Anh. \`chung check\` kiểm tra tệp này trước khi gửi.

${fence(
  'ts',
  `import { defineApp } from '@chung/contracts';

export default defineApp({
  app_id: 'vn.example.rewards',
  name: { vi: 'Quà tặng đoàn viên', en: 'Member gifts' },
  description: { vi: 'Nhận quà của Ví dụ ngay trong ứng dụng.', en: 'Claim gifts from Example inside the app.' },
  icons: [{ src: 'icons/app.svg', sizes: 'any' }],
  version: { code: 1, name: '1.0.0' },
  platform_version: { min_code: 1 },
  req_permissions: [
    { name: 'openid', purpose: { vi: 'Nhận ra bạn ở lần sau', en: 'Recognise you the next time' } },
    { name: 'offers:read', purpose: { vi: 'Hiện quà dành cho bạn', en: 'Show the gifts that are for you' } },
    { name: 'redemptions:claim', purpose: { vi: 'Nhận quà khi bạn bấm', en: 'Claim a gift when you tap' }, optional: true },
  ],
  allowed_hosts: [{ host: 'api.example.vn', reason: { vi: 'Hiện điểm của bạn', en: 'Show your points' } }],
  pages: ['home'],
  age_rating: 'all',
  data_retention: {
    kept: 'days',
    days: 90,
    reason: { vi: 'Giải quyết khiếu nại về quà', en: 'To settle complaints about gifts' },
  },
  contact: { email: 'lienhe@example.vn' },
});
`,
)}

The file must be **literal**: values written out, so that a reviewer and a machine read the same without running it
([CH504](check/manifest-not-literal.md)). What does not fit is [CH502](check/manifest-invalid.md), with the field and the line.`;

const ENDING = `A path like \`data_retention{days}.reason\` is there when \`kept\` is \`"days"\`.

## Offers

\`offers[].draft\` has the fields of the body of [\`partner.offers.create\`](api/partner-offers.md#partnerofferscreate). \`ref\` stays the same from release to release, so
that the platform knows which offer a changed draft belongs to.

## Scopes

\`req_permissions\` takes what a member or a partner can give ([scopes](scopes.md)). A scope that the program uses and the manifest does not request is
[CH101](check/scope-missing.md), one that it requests and never uses [CH102](check/scope-unused.md): the least privilege is checked in both directions. With
\`optional: true\` the app works without it and asks at the moment it is needed.

## Versions

\`version.code\` is a whole number that rises with every release; \`version.name\` is what people read. \`platform_version.min_code\` is the oldest host that
can run the app: an older one tells the member to update.`;
