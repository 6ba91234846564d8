import { OPENS, type OperationSpec, SCOPES, type Scope } from '@chung/contracts';
import type { Json } from './json.ts';
import { json, literal } from './literal.ts';
import { sampleOf } from './sample.ts';
import { jsonSchemaOf } from './schema-fields.ts';

type JsonObject = Readonly<Record<string, Json>>;

const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const asObject = (value: Json): JsonObject => (isObject(value) ? value : {});

/** What an example of an operation sends: what must be there. */
export function requestOf(operation: OperationSpec): {
  readonly params: JsonObject;
  readonly query: JsonObject;
  readonly body: JsonObject | null;
} {
  const of = (schema: OperationSpec['params']) =>
    asObject(sampleOf(jsonSchemaOf(schema, 'input'), { root: operation.id, extent: 'needed' }));
  const hasParams = operation.path.includes('{');
  return { params: hasParams ? of(operation.params) : {}, query: neededQuery(operation), body: operation.body ? of(operation.body) : null };
}

function neededQuery(operation: OperationSpec): JsonObject {
  const schema = jsonSchemaOf(operation.query, 'input');
  return (schema.required ?? []).length === 0 ? {} : asObject(sampleOf(schema, { root: operation.id, extent: 'needed' }));
}

/** An example of what comes back; null where nothing does. */
export function replyOf(operation: OperationSpec): Json {
  return operation.status === 204 ? null : sampleOf(jsonSchemaOf(operation.reply, 'output'), { root: operation.id, extent: 'whole' });
}

const inShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** `$CHUNG` is the address of the platform, `$TOKEN` an access token; a member's token is bound to a key, so each call carries a proof. */
export function curlOf(operation: OperationSpec): string {
  const { params, query, body } = requestOf(operation);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
  const lines = [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}"$CHUNG${path}${search === '' ? '' : `?${search}`}"`,
    ...(operation.actor === 'partner' ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(operation.actor === 'member' ? ['-H "Authorization: DPoP $TOKEN"', '-H "DPoP: $PROOF"'] : []),
    ...(operation.idempotency === 'none' ? [] : ['-H "Idempotency-Key: $(uuidgen)"']),
    ...(operation.bodyType === 'stream' ? [`-H ${inShell(`Content-Type: ${operation.accepts[0]}`)}`, '--data-binary @codes.csv'] : []),
    ...(body ? ["-H 'Content-Type: application/json'", `-d ${inShell(json(body))}`] : []),
  ];
  return lines.join(' \\\n  ');
}

/** First-party operations are called by the platform's own pages, with a session: no app can be given their scope. */
export const isForApps = ({ actor, scope }: OperationSpec): boolean =>
  actor !== 'admin' && (scope === null || SCOPES[scope].sensitivity !== 'first-party');

/** A program that calls it: with the client of a partner's backend, or on behalf of a member. */
export function programOf(operation: OperationSpec): string {
  const caller = operation.actor === 'member' ? { type: 'MemberClient', door: 'member' } : { type: 'PartnerClient', door: 'partner' };
  const scopes = [operation.scope, ...Object.values(openedBy(operation.id))].filter((scope) => scope !== null);
  const declared = scopes.length === 0 ? 'never' : scopes.map((scope) => `'${scope}'`).join(' | ');
  const { params, query, body } = requestOf(operation);
  const stream = operation.bodyType === 'stream' ? { body: 'TET-8KQ2M7XH4PWRN\n', contentType: operation.accepts[0] ?? '' } : {};
  const input = { ...params, ...query, ...body, ...stream };
  return [
    `import type { ${caller.type} } from '@chung/client/${caller.door}';`,
    '',
    `declare const chung: ${caller.type}<${declared}>;`,
    ...callOf(operation, Object.keys(input).length === 0 ? '' : literal(input)),
  ].join('\n');
}

function callOf(operation: OperationSpec, input: string): readonly string[] {
  if (jsonSchemaOf(operation.reply, 'output').properties?.['nextCursor'] !== undefined)
    return [`for await (const one of chung.${operation.id}.all(${input})) console.info(one);`];
  const call = `await chung.${operation.id}(${input});`;
  return operation.status === 204 ? [call] : [`const reply = ${call}`, 'console.info(reply);'];
}

const OPENED: Readonly<Record<string, Readonly<Record<string, Scope>>>> = OPENS;

/** The parts of a reply that scopes of their own open, by the name of the part. */
export const openedBy = (id: string): Readonly<Record<string, Scope>> => OPENED[id] ?? {};
