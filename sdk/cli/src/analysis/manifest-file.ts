import { type Manifest, type ManifestProblem, readManifest } from '@chung/contracts';
import { ts } from 'ts-morph';
import { type Finding, found, type TextEdit } from './findings.ts';
import { type Places, readLiteral } from './literals.ts';
import { type Place, placeOf, relativeTo } from './place.ts';
import { type CheckedProject, MANIFEST_FILE } from './project.ts';

/** A manifest as it stands in its file. */
export interface ManifestFile {
  readonly file: ts.SourceFile;
  readonly name: string;
  /** What could be read; null where it breaks its schema. */
  readonly manifest: Manifest | null;
  /** What it requests, also where the rest of it is broken. */
  readonly requested: ReadonlyMap<string, Requested>;
  readonly hosts: ReadonlyMap<string, ts.Node>;
  readonly permissions: ts.ArrayLiteralExpression | null;
}

export interface Requested {
  readonly optional: boolean;
  readonly node: ts.Node;
}

export interface ReadManifestFile {
  readonly manifest: ManifestFile | null;
  readonly findings: readonly Finding[];
}

/** Reads `chung.config.ts` without running it, and says all that is wrong in it. */
export function readManifestFile(project: CheckedProject): ReadManifestFile {
  const file = project.manifest;
  if (!file) {
    const detail = { vi: `Không thấy ${MANIFEST_FILE}.`, en: `There is no ${MANIFEST_FILE}.` };
    return { manifest: null, findings: [found('CH501', { subject: MANIFEST_FILE, detail, at: null })] };
  }
  const written = exported(file);
  const places: Places = new Map();
  const literal = written && readLiteral(written, project.program.getTypeChecker(), places);
  if (!literal?.known) {
    const detail = { vi: 'Giá trị này không đọc được khi chưa chạy mã.', en: 'This value cannot be read without running it.' };
    const at = placeOf(project.root, literal?.node ?? file.endOfFileToken);
    return { manifest: null, findings: [found('CH504', { subject: MANIFEST_FILE, detail, at })] };
  }
  const reading = readManifest(literal.value);
  const placeAt = (path: readonly (string | number)[]) => placeOf(project.root, nearest(places, path) ?? file);
  return {
    manifest: {
      file,
      name: relativeTo(project.root, file.fileName),
      manifest: reading.ok ? reading.manifest : null,
      requested: requestedIn(literal.value, places),
      hosts: hostsIn(literal.value, places),
      permissions: arrayAt(places, 'req_permissions'),
    },
    findings: reading.ok ? [] : reading.problems.map((problem) => problemFinding(problem, placeAt(problem.path))),
  };
}

function problemFinding({ path, text }: ManifestProblem, at: Place): Finding {
  const subject = path.join('.');
  const isPurpose = path[0] === 'req_permissions' && path[2] === 'purpose';
  const isText = path.at(-1) === 'vi' || path.at(-1) === 'en';
  const code = isPurpose ? 'CH503' : isText ? 'CH601' : 'CH502';
  return found(code, { subject, detail: { vi: `${subject}: ${text.vi}`, en: `${subject}: ${text.en}` }, at });
}

/** `export default defineApp({ … })`, or the object itself. */
function exported(file: ts.SourceFile): ts.Expression | null {
  const statement = file.statements.find((one): one is ts.ExportAssignment => ts.isExportAssignment(one) && !one.isExportEquals);
  if (!statement) return null;
  const { expression } = statement;
  return ts.isCallExpression(expression) && expression.arguments.length === 1 ? (expression.arguments[0] ?? null) : expression;
}

function nearest(places: Places, path: readonly (string | number)[]): ts.Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = places.get(path.slice(0, length).join('.'));
    if (node) return node;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const listIn = (value: unknown, name: string): readonly unknown[] => {
  const list = isRecord(value) ? value[name] : undefined;
  return Array.isArray(list) ? list : [];
};

function requestedIn(value: unknown, places: Places): ReadonlyMap<string, Requested> {
  const all = new Map<string, Requested>();
  for (const [index, permission] of listIn(value, 'req_permissions').entries()) {
    const node = places.get(`req_permissions.${index}`);
    if (isRecord(permission) && typeof permission['name'] === 'string' && node)
      all.set(permission['name'], { optional: permission['optional'] === true, node });
  }
  return all;
}

function hostsIn(value: unknown, places: Places): ReadonlyMap<string, ts.Node> {
  const all = new Map<string, ts.Node>();
  for (const [index, entry] of listIn(value, 'allowed_hosts').entries()) {
    const node = places.get(`allowed_hosts.${index}`);
    if (isRecord(entry) && typeof entry['host'] === 'string' && node) all.set(entry['host'], node);
  }
  return all;
}

function arrayAt(places: Places, path: string): ts.ArrayLiteralExpression | null {
  const node = places.get(path);
  return node && ts.isArrayLiteralExpression(node) ? node : null;
}

/** Puts an element at the end of an array, in the style of those before it. */
export function appended(manifest: ManifestFile, element: string): readonly TextEdit[] {
  const { permissions: list, file, name } = manifest;
  if (!list) return [];
  const last = list.elements.at(-1);
  if (!last) return [{ file: name, start: list.getStart(file) + 1, end: list.getStart(file) + 1, text: element }];
  const isSpread = file.text.slice(list.getStart(file), list.getEnd()).includes('\n');
  const indent = /[ \t]*$/.exec(file.text.slice(0, last.getStart(file)))?.[0] ?? '';
  const end = last.getEnd();
  return [{ file: name, start: end, end, text: isSpread ? `,\n${indent}${element}` : `, ${element}` }];
}

/** Takes an element out of its array, with its comma. */
export function removed(manifest: ManifestFile, node: ts.Node): readonly TextEdit[] {
  const { file, name } = manifest;
  const list = node.parent;
  if (!ts.isArrayLiteralExpression(list) || node.getSourceFile() !== file) return [];
  const index = list.elements.indexOf(node as ts.Expression);
  const next = list.elements[index + 1];
  const previous = list.elements[index - 1];
  const [start, end] = next
    ? [node.getStart(file), next.getStart(file)]
    : [previous ? previous.getEnd() : node.getStart(file), list.elements.hasTrailingComma ? list.elements.end : node.getEnd()];
  return [{ file: name, start, end, text: '' }];
}
