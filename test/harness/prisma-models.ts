// What the Prisma models say about tables, as Prisma itself understands them.
//
// The generated client keeps only part of the models (no nullability), so this file is also a Prisma generator: the CLI
// starts it, hands it the full data model (DMMF) as JSON-RPC on standard input, and it writes that to a file.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

interface DmmfField {
  name: string;
  kind: 'scalar' | 'enum' | 'object' | 'unsupported';
  type: string;
  dbName?: string | null;
  isRequired: boolean;
  isList: boolean;
  isId: boolean;
  nativeType?: [string, string[]] | null;
}

interface DmmfModel {
  name: string;
  dbName: string | null;
  fields: DmmfField[];
  primaryKey: { fields: string[] } | null;
}

export interface Column {
  /** As PostgreSQL calls it internally (`int8`, `_text`); undefined where Prisma has no word for it. */
  type: string | undefined;
  nullable: boolean;
}

export interface Table {
  columns: Record<string, Column>;
  primaryKey: string[];
}

const byScalar: Record<string, string> = {
  String: 'text',
  Int: 'int4',
  BigInt: 'int8',
  Boolean: 'bool',
  DateTime: 'timestamp',
  Json: 'jsonb',
  Bytes: 'bytea',
  Decimal: 'numeric',
  Float: 'float8',
};

const byNativeType: Record<string, string> = {
  SmallInt: 'int2',
  Integer: 'int4',
  Char: 'bpchar',
  JsonB: 'jsonb',
  ByteA: 'bytea',
  Real: 'float4',
  DoublePrecision: 'float8',
};

function columnType({ kind, type, isList, nativeType }: DmmfField): string | undefined {
  if (kind !== 'scalar') return undefined;
  const native = nativeType?.[0];
  const name = native ? (byNativeType[native] ?? native.toLowerCase()) : byScalar[type];
  return isList ? `_${name}` : name;
}

function tableOf(model: DmmfModel): Table {
  const stored = model.fields.filter(({ kind }) => kind !== 'object');
  const nameOf = new Map(stored.map(({ name, dbName }) => [name, dbName ?? name]));
  const keys = model.primaryKey?.fields ?? stored.filter(({ isId }) => isId).map(({ name }) => name);
  // A list is never null to Prisma, whatever the column allows.
  const columns = stored.map((field) => [
    nameOf.get(field.name) ?? field.name,
    { type: columnType(field), nullable: !field.isRequired && !field.isList },
  ]);
  return { columns: Object.fromEntries(columns), primaryKey: keys.map((key) => nameOf.get(key) ?? key) };
}

/** Fields that Prisma cannot read (`Unsupported("xid8")`) are left out of its data model, so they are read from the text. */
function unsupportedColumns(schema: string): { model: string; column: string; nullable: boolean }[] {
  const models = schema.matchAll(/^model (\w+) \{([\s\S]*?)^\}/gm);
  return [...models].flatMap(([, model = '', body = '']) =>
    [...body.matchAll(/^\s*(\w+)\s+Unsupported\("[^"]*"\)(\??)(.*)$/gm)].map(([, field = '', optional, rest = '']) => ({
      model,
      column: /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field,
      nullable: optional === '?',
    })),
  );
}

async function readSchemaText(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.prisma'));
  return (await Promise.all(files.map((path) => readFile(join(folder, path), 'utf8')))).join('\n');
}

/** Table name → what the models say. */
export async function readPrismaModels(): Promise<Map<string, Table>> {
  const folder = await mkdtemp(join(tmpdir(), 'chung-models-'));
  try {
    const source = join(root, 'platform', 'server', 'src');
    const schema = join(folder, 'schema');
    const output = join(folder, 'dmmf.json');
    await mkdir(schema);
    const isSchema = (path: string) => path.endsWith('.prisma') || !/\.\w+$/.test(path);
    await cp(source, schema, { recursive: true, filter: (path) => isSchema(path) && !path.includes('/generated') });
    const main = await readFile(join(source, 'schema.prisma'), 'utf8');
    const provider = `${process.execPath} ${import.meta.filename}`;
    const generator = `generator dmmf {\n  provider = ${JSON.stringify(provider)}\n  output = ${JSON.stringify(output)}\n}`;
    await writeFile(join(schema, 'schema.prisma'), main.replace(/generator \w+ \{[^}]*\}/, generator));
    const cli = join(root, 'node_modules', 'prisma', 'build', 'index.js');
    await run(process.execPath, [cli, 'generate', '--schema', schema], {
      cwd: root,
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
    });
    const models: DmmfModel[] = JSON.parse(await readFile(output, 'utf8')).datamodel.models;
    const unsupported = unsupportedColumns(await readSchemaText(schema));
    const tables = models.map((model): [string, Table] => {
      const table = tableOf(model);
      for (const { column, nullable } of unsupported.filter((one) => one.model === model.name)) {
        table.columns[column] = { type: undefined, nullable };
      }
      return [model.dbName ?? model.name, table];
    });
    return new Map(tables);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function answerPrisma(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = JSON.parse(line);
    if (method === 'generate') await writeFile(params.generator.output.value, JSON.stringify(params.dmmf));
    const result = method === 'getManifest' ? { manifest: { prettyName: 'data model', defaultOutput: '.' } } : null;
    // Prisma reads the answers of a generator from its standard error.
    process.stderr.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
  }
}

if (import.meta.main) await answerPrisma();
