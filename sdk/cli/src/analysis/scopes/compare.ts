import type { Text } from '@chung/contracts';
import { type Finding, type Fix, found } from '../findings.ts';
import { appended, type ManifestFile, removed } from '../manifest-file.ts';
import { placeOf } from '../place.ts';
import type { DeclaredScope } from './declared.ts';
import type { ScopeUse, Unanalysable, UnanalysableReason } from './walk.ts';

export interface ScopeEvidence {
  readonly uses: readonly ScopeUse[];
  readonly declared: readonly DeclaredScope[];
  readonly unanalysable: readonly Unanalysable[];
}

export interface ScopeVerdict {
  readonly used: readonly string[];
  readonly missing: readonly string[];
  readonly unused: readonly string[];
  /** Not seen in use, and not shown to be unused either. */
  readonly undecided: readonly string[];
}

/** A pairwise id is what every signed-in app has; nothing is called for it. */
const NEEDS_NO_USE: ReadonlySet<string> = new Set(['openid']);

export function verdictOf({ uses, unanalysable }: ScopeEvidence, manifest: ManifestFile | null): ScopeVerdict {
  const used = new Set(uses.map(({ scope }) => scope));
  const requested = [...(manifest?.requested.keys() ?? [])];
  const idle = requested.filter((scope) => !used.has(scope) && !NEEDS_NO_USE.has(scope));
  const isSure = unanalysable.length === 0;
  return {
    used: [...used].toSorted(),
    missing: manifest ? [...used].filter((scope) => !manifest.requested.has(scope)).toSorted() : [],
    unused: isSure ? idle.toSorted() : [],
    undecided: isSure ? [] : idle.toSorted(),
  };
}

/** What program and manifest say of scopes, compared both ways. */
export function compareScopes(evidence: ScopeEvidence, manifest: ManifestFile | null, root: string): readonly Finding[] {
  const opaque = evidence.unanalysable.map(({ reason, at }) => found('CH106', { subject: reason, detail: REASONS[reason], at }));
  if (!manifest) return opaque;
  const verdict = verdictOf(evidence, manifest);
  const missing = evidence.uses.filter(({ scope }) => verdict.missing.includes(scope));
  return [
    ...opaque,
    ...missing.map((use) => missingFinding(use, manifest)),
    ...verdict.unused.map((scope) => idleFinding('CH102', scope, manifest, root)),
    ...verdict.undecided.map((scope) => idleFinding('CH103', scope, manifest, root)),
    ...evidence.declared.flatMap((declared) => declarationFindings(declared, manifest)),
  ];
}

function missingFinding({ scope, operation, at }: ScopeUse, manifest: ManifestFile): Finding {
  const what = operation ?? scope;
  const detail = {
    vi: `${what} cần quyền ${scope}, bản kê khai chưa xin quyền này.`,
    en: `${operation ? `${operation} needs ${scope}` : `This needs ${scope}`}, which the manifest does not request.`,
  };
  return found('CH101', { subject: scope, detail, at, fix: addition(scope, manifest, false) });
}

function idleFinding(code: 'CH102' | 'CH103', scope: string, manifest: ManifestFile, root: string): Finding {
  const node = manifest.requested.get(scope)?.node;
  const detail =
    code === 'CH102'
      ? { vi: `Không nơi nào dùng ${scope}.`, en: `Nothing uses ${scope}.` }
      : {
          vi: `Không thể kết luận ${scope} là thừa: có chỗ không phân tích được.`,
          en: `${scope} cannot be shown unused: some places cannot be analysed.`,
        };
  const edits = node && code === 'CH102' ? removed(manifest, node) : [];
  const fix: Fix | undefined =
    edits.length > 0 ? { needs: 'nothing', title: { vi: `Bỏ ${scope}`, en: `Remove ${scope} from the manifest` }, edits } : undefined;
  return found(code, { subject: scope, detail, at: node ? placeOf(root, node) : null, fix });
}

function declarationFindings({ scope, optional, at }: DeclaredScope, manifest: ManifestFile): readonly Finding[] {
  const requested = manifest.requested.get(scope);
  if (!requested) {
    const detail = { vi: `${scope} không có trong req_permissions.`, en: `${scope} is not in req_permissions.` };
    return [found('CH104', { subject: scope, detail, at, fix: addition(scope, manifest, optional) })];
  }
  if (requested.optional === optional) return [];
  const [here, there] = optional ? ['optional', 'required'] : ['required', 'optional'];
  const detail = {
    vi: `${scope}: ở đây ${optional ? 'tùy chọn' : 'bắt buộc'}, trong bản kê khai ${optional ? 'bắt buộc' : 'tùy chọn'}.`,
    en: `${scope} is ${here} here and ${there} in the manifest.`,
  };
  return [found('CH105', { subject: scope, detail, at })];
}

function addition(scope: string, manifest: ManifestFile, optional: boolean): Fix | undefined {
  if (!manifest.permissions) return undefined;
  return {
    needs: 'purpose',
    title: { vi: `Thêm ${scope} vào req_permissions`, en: `Add ${scope} to req_permissions` },
    scope,
    edits: (purpose) => appended(manifest, permission(scope, purpose, optional)),
  };
}

const quoted = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
const permission = (scope: string, { vi, en }: Text, optional: boolean) =>
  `{ name: ${quoted(scope)}, purpose: { vi: ${quoted(vi)}, en: ${quoted(en)} }${optional ? ', optional: true' : ''} }`;

const REASONS: Readonly<Record<UnanalysableReason, Text>> = {
  any: { vi: 'Một phần của SDK trở thành any ở đây.', en: 'A part of the SDK becomes any here.' },
  unknown: { vi: 'Một phần của SDK trở thành unknown ở đây.', en: 'A part of the SDK becomes unknown here.' },
  object: {
    vi: 'Một phần của SDK trở thành một đối tượng không rõ ở đây.',
    en: 'A part of the SDK becomes an object of no known shape here.',
  },
  index: { vi: 'Các phương thức của SDK được duyệt như một bảng.', en: 'Methods of the SDK are walked like the rows of a table.' },
  other: { vi: 'Một phần của SDK mang kiểu khác ở đây.', en: 'A part of the SDK goes on under a type that does not know it.' },
  'computed-key': { vi: 'Phương thức của SDK được chọn bằng khóa tính toán.', en: 'A method of the SDK is chosen by a computed key.' },
  'narrowed-away': {
    vi: 'Trình biên dịch cho rằng chỗ này không bao giờ chạy.',
    en: 'The compiler takes this place for one that is never reached.',
  },
  eval: { vi: 'Mã được tạo từ chuỗi.', en: 'Code is made from text.' },
  'raw-request': { vi: 'API của nền tảng được gọi không qua SDK.', en: 'The API of the platform is called past the SDK.' },
  'dynamic-import': { vi: 'Mô-đun được nạp không biết trước.', en: 'The module that is loaded cannot be told.' },
  'module-missing': {
    vi: 'Không tìm thấy mô-đun này nên không biết kiểu của nó.',
    en: 'This module is not found, so its types are not known.',
  },
  'type-error': {
    vi: 'Trình biên dịch báo lỗi ở đây nên không biết kiểu.',
    en: 'The compiler refuses this, so the types behind it are not known.',
  },
};
