import { type ErrorCode, errorsOf, OPERATIONS, type OperationSpec } from '@chung/contracts';
import { DEFAULT_BUDGETS } from '../kernel/rate-limit.ts';
import type { FieldNotes } from './field-notes.ts';
import { fieldTable } from './field-table.ts';
import { json } from './literal.ts';
import { code, fence, folded, table } from './markdown.ts';
import { curlOf, isForApps, openedBy, programOf, replyOf } from './operation-example.ts';
import { anchorOf, RESOURCES, type Resource, resourceOf } from './resources.ts';
import { jsonSchemaOf } from './schema-fields.ts';

/** The reference of the API as Markdown, a page a resource, by its place in `docs/`. */
export function operationPages(notes: FieldNotes): ReadonlyMap<string, string> {
  const byResource = new Map<string, { resource: Resource; operations: OperationSpec[] }>();
  for (const operation of OPERATIONS) {
    const resource = resourceOf(operation);
    const entry = byResource.get(resource.page) ?? { resource, operations: [] };
    entry.operations.push(operation);
    byResource.set(resource.page, entry);
  }
  const place = ({ page }: Resource) => RESOURCES.findIndex((one) => one.page === page) + 1 || Number.POSITIVE_INFINITY;
  const entries = [...byResource.values()].toSorted((a, b) => place(a.resource) - place(b.resource));
  return new Map([
    ['api/README.md', indexPage(entries)],
    ...entries.map((entry) => [`api/${entry.resource.page}.md`, resourcePage(entry, notes)] as const),
  ]);
}

type Entry = { readonly resource: Resource; readonly operations: readonly OperationSpec[] };

function indexPage(entries: readonly Entry[]): string {
  const parts = entries.map(({ resource, operations }) => {
    const rows = operations.map((op) => [
      `[${code(`${op.method} ${op.path}`)}](${resource.page}.md#${anchorOf(op)})`,
      `${op.title.en}<br>${op.title.vi}`,
      op.scope === null ? 'no token' : code(op.scope),
    ]);
    return `### [${resource.title.en}](${resource.page}.md)\n\n${table(['Operation', 'What it does', 'Scope'], rows)}`;
  });
  return `${introduction()}\n\n## All operations\n\n${parts.join('\n\n')}\n`;
}

const introduction = () => `# API reference

Made from the operation registry, so it never misses an operation. Machine-readable: \`/v1/openapi.json\` (OpenAPI 3.1) on every platform; with all
schemas on one page, in Vietnamese and English: \`/docs/api\`. From a program use [\`@chung/client\`](../../sdk/client/README.md), which knows all of it.

**Tóm tắt.** Mỗi thao tác có một trang ví dụ bằng \`curl\` và bằng \`@chung/client\`. Mọi lỗi đều theo RFC 9457 và có mã cố định; thao tác ghi cần
\`Idempotency-Key\`; số tiền là số nguyên đồng.

## What holds for all

- **Addresses.** \`$CHUNG\` stands for the platform's address, e.g. \`http://localhost:4100\` of a demo. Everything is below \`/v1\`.
- **Tokens.** \`partner\` operations take an access token of your app (client credentials, \`private_key_jwt\`); \`member\` operations one that a member
  allowed (code with PKCE), bound to a key by DPoP (RFC 9449). The scope stands at each operation; [scopes](../scopes.md) tells what each opens.
- **Errors** are problem documents (RFC 9457, \`application/problem+json\`) with a stable \`code\`: [all codes](../errors/README.md). Besides those named at an
  operation, its kind answers:
${commonErrors()}
- **Idempotency.** What has an effect takes an \`Idempotency-Key\` (1 to 255 characters). The same key with the same request answers what was answered the
  first time; with another request, \`idempotency_key_reused\`. \`row\`: the key is kept for ever with what it made.
- **Lists** answer \`items\` and \`nextCursor\`; send it as \`cursor\` for the next page, \`null\` is the end. \`limit\` is 20 unless told, 100 at most.
- **Values.** Amounts are whole minor units (đồng) as JSON numbers, shares are basis points (10,000 is the whole), instants RFC 3339 with an offset, ids
  UUIDv7. Windows are half-open.
- **Limits.** \`RateLimit\` and \`RateLimit-Policy\` headers tell what is left; a refusal is 429 with \`Retry-After\`. Requests a minute, unless the
  operator has set others:

${rateTable()}`;

const linksTo = (codes: readonly ErrorCode[], docs: string) => codes.map((one) => `[${code(one)}](${docs}/errors/${one}.md)`).join(', ');

const KINDS: readonly (readonly [kind: string, is: (op: OperationSpec) => boolean])[] = [
  ['any', () => true],
  ['with a token', ({ actor }) => actor !== 'public'],
  ['with a session of a web app, other than reading', ({ actor, method }) => actor !== 'public' && method !== 'GET'],
  ['with a JSON body', ({ body }) => body !== null],
  ['with an `Idempotency-Key`', ({ idempotency }) => idempotency !== 'none'],
];

/** What all operations of a kind answer beyond their own, each code where it is first true of all. */
function commonErrors(): string {
  const told = new Set<ErrorCode>();
  const lines = KINDS.map(([kind, is]) => {
    const [first, ...others] = OPERATIONS.filter(is).map((op) => errorsOf(op));
    const common = (first ?? []).filter((one) => !told.has(one) && others.every((codes) => codes.includes(one)));
    for (const one of common) told.add(one);
    return `  - ${kind}: ${linksTo(common, '..')}`;
  });
  return lines.join('\n');
}

function rateTable(): string {
  const { person, organisation } = DEFAULT_BUDGETS;
  const classes = ['read', 'write', 'bulk', 'sensitive'] as const;
  return table(
    ['', ...classes.map(code)],
    [
      ['a member, or anybody', ...classes.map((one) => person[one].toLocaleString('en-US'))],
      ['a partner', ...classes.map((one) => organisation[one].toLocaleString('en-US'))],
    ],
  );
}

function resourcePage({ resource, operations }: Entry, notes: FieldNotes): string {
  const contents = operations.map((op) => `- [${code(op.id)}](#${anchorOf(op)}) · ${op.title.en} · ${op.title.vi}`);
  const note = operations.every(isForApps)
    ? ''
    : '\n\nOperations without an example of a program are first-party: the platform’s own pages call them, no app can be given their scope.';
  return `# ${resource.title.en}

*${resource.title.vi}* · [all operations](README.md)${note}

${contents.join('\n')}

${operations.map((op) => section(op, notes)).join('\n\n')}
`;
}

const IDEMPOTENCY = { none: '', header: '`Idempotency-Key`', row: '`Idempotency-Key`, kept for ever' } as const;

function section(op: OperationSpec, notes: FieldNotes): string {
  const facts = [
    ['Called by', op.actor === 'public' ? 'anybody, without a token' : op.actor],
    ...(op.scope === null ? [] : [['Scope', `[${code(op.scope)}](../scopes.md)`]]),
    ...(op.idempotency === 'none' ? [] : [['Idempotency', IDEMPOTENCY[op.idempotency]]]),
    ['Rate class', code(op.rate)],
    ...(op.accepts.length === 0 ? [] : [['Body', `a stream: ${op.accepts.map(code).join(', ')}`]]),
    ...(op.errors.length === 0 ? [] : [['Errors of its own', linksTo(op.errors, '..')]]),
  ];
  const parts = [
    `## ${code(op.id)}`,
    `**${op.title.en}** · ${op.title.vi}`,
    fence('http', `${op.method} ${op.path}`),
    table(['', ''], facts),
    fieldTable({ title: 'Path', schema: jsonSchemaOf(op.params, 'input'), notes: notes.ofOperation(op.id, 'params') }),
    fieldTable({ title: 'Query', schema: jsonSchemaOf(op.query, 'input'), notes: notes.ofOperation(op.id, 'query') }),
    op.body ? fieldTable({ title: 'Body', schema: jsonSchemaOf(op.body, 'input'), notes: notes.ofOperation(op.id, 'body') }) : '',
    openedParts(op),
    ...examples(op, notes),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function examples(op: OperationSpec, notes: FieldNotes): readonly string[] {
  const calls = isForApps(op) ? [fence('ts', programOf(op)), fence('sh', curlOf(op))] : [];
  return [...calls, op.status === 204 ? 'Answers 204, without a body.' : answerOf(op, notes)];
}

function answerOf(op: OperationSpec, notes: FieldNotes): string {
  const schema = jsonSchemaOf(op.reply, 'output');
  const fields = fieldTable({ title: 'Answer', schema, notes: notes.ofOperation(op.id, 'reply'), absent: 'may be absent' });
  return folded(`Answer (${op.status})`, `${fence('json', json(replyOf(op)))}\n\n${fields}`);
}

function openedParts({ id }: OperationSpec): string {
  const parts = Object.entries(openedBy(id)).map(([part, scope]) => `${code(part)} with [${code(scope)}](../scopes.md)`);
  return parts.length === 0 ? '' : `Parts of the answer that scopes of their own open: ${parts.join(', ')}.`;
}
