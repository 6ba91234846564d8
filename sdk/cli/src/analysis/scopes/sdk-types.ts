import { ts } from 'ts-morph';
import { packageOf } from '../packages.ts';

/** What a method or a part of a reply carries in its type. A public operation has no scope, a part of a reply no operation. */
export interface Brand {
  readonly operation: string | null;
  readonly scope: string | null;
}

/** Packages whose types carry brands, so that only files that can reach them need be read. */
export const SDK_PACKAGES: ReadonlySet<string> = new Set(['@chung/client', '@chung/mini-app', '@chung/testing']);

type KeyName = 'SCOPE' | 'OPERATION' | 'DECLARED';
type Keys = ReadonlyMap<ts.__String, KeyName>;

const DEPTH = 6;
const LIFELESS =
  ts.TypeFlags.Any |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.Never |
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.ESSymbolLike |
  ts.TypeFlags.VoidLike |
  ts.TypeFlags.Null;

/** Reads from types what belongs to the SDK: never from names, which a program can change as it likes. */
export class SdkTypes {
  readonly checker: ts.TypeChecker;
  /** Type parameters of the program that were seen to stand for a part of the SDK. */
  readonly tainted = new Set<ts.Symbol>();
  readonly #keys: Keys;
  readonly #brands = new Map<ts.Type, readonly Brand[]>();
  #bearing = new Map<ts.Type, boolean>();

  constructor(program: ts.Program) {
    this.checker = program.getTypeChecker();
    this.#keys = keysOf(program, this.checker);
  }

  /** Without it, the packages are not installed and every type is unknown to the compiler. */
  get isPresent(): boolean {
    return this.#keys.size > 0;
  }

  taint(parameter: ts.Symbol): boolean {
    if (this.tainted.has(parameter)) return false;
    this.tainted.add(parameter);
    this.#bearing = new Map();
    return true;
  }

  /** What a value of this type is when it is called or read; a union is any of its members. */
  brandsOf(type: ts.Type): readonly Brand[] {
    if (type.flags & LIFELESS) return [];
    const known = this.#brands.get(type);
    if (known) return known;
    this.#brands.set(type, []);
    const found = this.#readBrands(type);
    this.#brands.set(type, found);
    return found;
  }

  isClient(type: ts.Type): boolean {
    return this.#under('DECLARED', type) !== undefined;
  }

  /** The compiler looks properties up by written names alone, and these have none. */
  #under(name: KeyName, type: ts.Type): ts.Symbol | undefined {
    if (type.flags & LIFELESS || (!type.isIntersection() && isOfOthers(type))) return undefined;
    return this.checker.getPropertiesOfType(type).find((property) => this.#keys.get(property.escapedName) === name);
  }

  /** Whether operations or gated parts of replies can be reached through a value of this type. */
  bears(type: ts.Type, depth = 0): boolean {
    if (type.flags & LIFELESS || depth > DEPTH) return false;
    const known = this.#bearing.get(type);
    if (known !== undefined) return known;
    this.#bearing.set(type, false);
    const found = this.#looksInto(type, depth + 1);
    // What was cut off by depth may be found from nearer by.
    if (found || depth === 0) this.#bearing.set(type, found);
    else this.#bearing.delete(type);
    return found;
  }

  #readBrands(type: ts.Type): readonly Brand[] {
    if (type.isUnion()) return distinct(type.types.flatMap((part) => this.brandsOf(part)));
    const whole = this.#resolved(type);
    if (whole !== type) return this.brandsOf(whole);
    const scopes = this.#literalsAt('SCOPE', type);
    const operations = this.#literalsAt('OPERATION', type);
    if (scopes === null && operations === null) return [];
    const named = operations?.length ? operations : [null];
    const needed = scopes?.length ? scopes : [null];
    return distinct(named.flatMap((operation) => needed.map((scope) => ({ operation, scope }))));
  }

  #literalsAt(name: KeyName, type: ts.Type): readonly string[] | null {
    const property = this.#under(name, type);
    return property ? literalsOf(this.checker.getTypeOfSymbol(property)) : null;
  }

  /** What a type parameter or a type still open can at most be. */
  #resolved(type: ts.Type): ts.Type {
    if (!(type.flags & ts.TypeFlags.Instantiable)) return type;
    return this.checker.getBaseConstraintOfType(type) ?? type;
  }

  #looksInto(type: ts.Type, depth: number): boolean {
    if (type.flags & ts.TypeFlags.TypeParameter && this.tainted.has(type.symbol)) return true;
    const whole = this.#resolved(type);
    if (whole !== type) return this.bears(whole, depth);
    if (type.isUnion()) return type.types.some((part) => this.bears(part, depth));
    if (this.isClient(type)) return true;
    const { checker } = this;
    const given = [...typeArgumentsOf(checker, type), ...(type.aliasTypeArguments ?? [])];
    if (given.some((argument) => this.#carries(argument, depth))) return true;
    if (isOfOthers(type)) return false;
    if (type.getCallSignatures().some((signature) => this.bears(checker.getReturnTypeOfSignature(signature), depth))) return true;
    return checker.getPropertiesOfType(type).some((property) => this.#carries(checker.getTypeOfSymbol(property), depth));
  }

  #carries(type: ts.Type, depth: number): boolean {
    return this.brandsOf(type).length > 0 || this.bears(type, depth);
  }
}

const distinct = (brands: readonly Brand[]): readonly Brand[] => [
  ...new Map(brands.map((brand) => [`${brand.operation} ${brand.scope}`, brand])).values(),
];

export function literalsOf(type: ts.Type): readonly string[] {
  if (type.isUnion()) return type.types.flatMap(literalsOf);
  return type.isStringLiteral() ? [type.value] : [];
}

export function typeArgumentsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const isReference = type.flags & ts.TypeFlags.Object && (type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference;
  return isReference ? checker.getTypeArguments(type as ts.TypeReference) : [];
}

/** Declared by a library that is not the SDK: it holds a part of the SDK only where a type argument says so. */
export function isOfOthers(type: ts.Type): boolean {
  const file = (type.symbol as ts.Symbol | undefined)?.declarations?.[0]?.getSourceFile().fileName;
  return file !== undefined && isLibrary(file);
}

export const isLibrary = (file: string): boolean => {
  const name = packageOf(file);
  return (file.includes('/node_modules/') && !name?.startsWith('@chung/')) || /\/lib\.[\w.]+\.d\.ts$/.test(file);
};

const KEY = /^__@(SCOPE|OPERATION|DECLARED)@/;

/** The compiler writes a property under a unique symbol as `__@NAME@number`; the SDK's own declarations tell which they are. */
function keysOf(program: ts.Program, checker: ts.TypeChecker): Keys {
  const declaring = program
    .getSourceFiles()
    .filter((file) => file.text.includes('unique symbol') && packageOf(file.fileName) === '@chung/client');
  const properties = declaring
    .flatMap((file) => file.statements.filter(ts.isInterfaceDeclaration))
    .flatMap((statement) => checker.getPropertiesOfType(checker.getTypeAtLocation(statement)));
  return new Map(
    properties.flatMap(({ escapedName }) => {
      const name = KEY.exec(String(escapedName))?.[1] as KeyName | undefined;
      return name ? [[escapedName, name] as const] : [];
    }),
  );
}
