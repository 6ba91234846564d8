import { ts } from 'ts-morph';
import { type Place, placeOf } from '../place.ts';
import { type Loss, LossFinder } from './losses.ts';
import { type Brand, isLibrary, literalsOf, type SdkTypes } from './sdk-types.ts';
import { bare, callAround, isAssertion, isHandedOver, isValue } from './syntax.ts';

/** One place that needs a scope. */
export interface ScopeUse {
  readonly scope: string;
  /** Null for a part of a reply, and where the method is not declared. */
  readonly operation: string | null;
  readonly at: Place;
}

export type UnanalysableReason =
  | 'any'
  | 'unknown'
  | 'object'
  | 'index'
  | 'other'
  | 'computed-key'
  | 'narrowed-away'
  | 'eval'
  | 'raw-request'
  | 'dynamic-import'
  | 'module-missing'
  | 'type-error';

/** A place behind which nobody but a person can tell what is used. */
export interface Unanalysable {
  readonly reason: UnanalysableReason;
  readonly at: Place;
}

export interface Walked {
  readonly uses: readonly ScopeUse[];
  readonly unanalysable: readonly Unanalysable[];
}

/** Finds every use of an operation and of a gated part of a reply, and every place where a value of the SDK gets out of sight. */
export function walkScopes(files: readonly ts.SourceFile[], types: SdkTypes, root: string): Walked {
  const walk = new Walk(types, root);
  for (const file of files) walk.visit(file);
  walk.visitTainted();
  return walk.found();
}

class Walk {
  readonly #types: SdkTypes;
  readonly #checker: ts.TypeChecker;
  readonly #root: string;
  readonly #losses: LossFinder;
  readonly #uses = new Map<string, ScopeUse>();
  readonly #unanalysable = new Map<string, Unanalysable>();
  /** What was generic when it was read, and is to be read again as what it was called with. */
  #again: ts.Node[] = [];

  constructor(types: SdkTypes, root: string) {
    this.#types = types;
    this.#checker = types.checker;
    this.#root = root;
    this.#losses = new LossFinder(types, (parameter) => this.#taint(parameter));
  }

  found(): Walked {
    return { uses: [...this.#uses.values()], unanalysable: [...this.#unanalysable.values()] };
  }

  visitTainted(): void {
    while (this.#again.length > 0) for (const node of this.#again.splice(0)) this.visit(node);
  }

  readonly visit = (node: ts.Node): void => {
    // A method that is only named in a type is not used.
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    this.#look(node);
    ts.forEachChild(node, this.visit);
  };

  #look(node: ts.Node): void {
    if (ts.isObjectBindingPattern(node)) this.#lookAtPattern(node);
    if (ts.isBinaryExpression(node) && ts.isObjectLiteralExpression(node.left)) this.#lookAtAssignment(node.left, this.#typeOf(node.right));
    if (ts.isClassLike(node)) this.#lookAtHeritage(node);
    if (!isLooked(node)) return;
    const expression = node as ts.Expression;
    this.#readBrands(expression);
    if (isHandedOver(expression)) this.#lookAtHandover(expression);
    if (ts.isElementAccessExpression(expression)) this.#lookAtKey(expression);
    if (ts.isPropertyAccessExpression(expression)) this.#lookAtNever(expression);
    if (ts.isCallExpression(expression)) this.#lookAtReturn(expression);
    if (isAssertion(expression)) this.#lookAtAssertion(expression);
  }

  #typeOf = (node: ts.Node): ts.Type => this.#checker.getTypeAtLocation(node);

  #readBrands(node: ts.Expression): void {
    if (!canCarry(node)) return;
    // `list.all` is a use of `list`; one place is enough.
    if (ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node && this.#isBranded(node.parent)) return;
    if (ts.isElementAccessExpression(node) && this.#isOpenKey(node)) return;
    this.#use(this.#types.brandsOf(this.#typeOf(node)), nameOf(node));
  }

  #isBranded = (node: ts.Node) => this.#types.brandsOf(this.#typeOf(node)).length > 0;

  #use(brands: readonly Brand[], node: ts.Node): void {
    for (const { scope, operation } of brands) {
      if (scope === null) continue;
      const at = placeOf(this.#root, node);
      const key = `${at.file}:${at.start} ${scope}`;
      if (!this.#uses.has(key)) this.#uses.set(key, { scope, operation, at });
    }
  }

  #lose(losses: readonly Loss[], node: ts.Node): void {
    for (const loss of losses) {
      if (loss.kind === 'use') this.#use([loss.brand], node);
      else this.#giveUp(loss.into, node);
    }
  }

  #giveUp(reason: UnanalysableReason, node: ts.Node): void {
    const at = placeOf(this.#root, node);
    this.#unanalysable.set(`${at.file}:${at.start}`, { reason, at });
  }

  #lookAtPattern(pattern: ts.ObjectBindingPattern): void {
    const whole = this.#typeOf(pattern);
    for (const element of pattern.elements) {
      if (element.dotDotDotToken) continue;
      const name = element.propertyName ?? element.name;
      if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) this.#usePart(whole, name.text, name);
      else if (ts.isComputedPropertyName(name)) this.#useComputed(whole, name);
    }
  }

  #usePart(whole: ts.Type, name: string, node: ts.Node): void {
    const part = this.#checker.getPropertyOfType(this.#checker.getApparentType(whole), name);
    if (part) this.#use(this.#types.brandsOf(this.#checker.getTypeOfSymbol(part)), node);
    else if (whole.flags & ts.TypeFlags.Instantiable || whole.isUnion()) {
      const sides = whole.isUnion() ? whole.types : [this.#checker.getBaseConstraintOfType(whole)].filter((type) => type !== undefined);
      for (const side of sides) if (side !== whole) this.#usePart(side, name, node);
    }
  }

  #useComputed(whole: ts.Type, name: ts.ComputedPropertyName): void {
    if (!this.#types.bears(whole)) return;
    const keys = literalsOf(this.#typeOf(name.expression));
    if (keys.length === 0) this.#giveUp('computed-key', name);
    for (const key of keys) this.#usePart(whole, key, name);
  }

  /** `({ claim } = app.offers)`: what looks like an object is a pattern. */
  #lookAtAssignment(pattern: ts.ObjectLiteralExpression, whole: ts.Type): void {
    for (const property of pattern.properties) {
      if (ts.isSpreadAssignment(property) || !property.name) continue;
      if (ts.isComputedPropertyName(property.name)) this.#useComputed(whole, property.name);
      else this.#assignPart(property, property.name.text, whole);
    }
  }

  #assignPart(property: ts.ObjectLiteralElementLike, name: string, whole: ts.Type): void {
    this.#usePart(whole, name, property);
    const part = this.#checker.getPropertyOfType(whole, name);
    if (!part) return;
    const type = this.#checker.getTypeOfSymbol(part);
    const target = ts.isPropertyAssignment(property) ? property.initializer : property.name;
    if (target && ts.isObjectLiteralExpression(target)) this.#lookAtAssignment(target, type);
    else if (target) this.#lose(this.#losses.between(type, this.#typeOf(target), { isOfLibrary: false }), target);
  }

  #isOpenKey(node: ts.ElementAccessExpression): boolean {
    const whole = this.#typeOf(node.expression);
    // A table of clients gives clients under every key.
    if (this.#checker.getApparentType(whole).getStringIndexType()) return false;
    const keys = literalsOf(
      this.#checker.getBaseConstraintOfType(this.#typeOf(node.argumentExpression)) ?? this.#typeOf(node.argumentExpression),
    );
    const named = this.#checker.getPropertiesOfType(this.#checker.getApparentType(whole));
    return keys.length === 0 || (keys.length > 1 && keys.length >= named.length);
  }

  #lookAtKey(node: ts.ElementAccessExpression): void {
    const whole = this.#typeOf(node.expression);
    // An array of methods is read by number: each of its methods was seen when it was put in.
    if (this.#typeOf(node.argumentExpression).flags & ts.TypeFlags.NumberLike) return;
    if (this.#types.bears(whole) && this.#isOpenKey(node)) this.#giveUp('computed-key', node);
  }

  /** Narrowing can go so far that the compiler takes a place for one that is never reached, and knows no types there. */
  #lookAtNever(node: ts.PropertyAccessExpression): void {
    if (!(this.#typeOf(node.expression).flags & ts.TypeFlags.Never)) return;
    const symbol = this.#checker.getSymbolAtLocation(bare(node.expression));
    if (symbol && this.#types.bears(this.#checker.getTypeOfSymbol(symbol))) this.#giveUp('narrowed-away', node);
  }

  #lookAtAssertion(node: ts.AsExpression | ts.TypeAssertion): void {
    if (ts.isConstTypeReference(node.type)) return;
    this.#lose(this.#losses.between(this.#typeOf(node.expression), this.#typeOf(node), { isOfLibrary: false }), node);
  }

  #lookAtHandover(node: ts.Expression): void {
    const inner = bare(node);
    if (isAssertion(inner)) return;
    const from = this.#typeOf(inner);
    const isFunction = ts.isFunctionLike(inner) || from.getCallSignatures().length > 0;
    const bears = this.#types.bears(from);
    if (!bears && !isFunction) return;
    if (ts.isThrowStatement(node.parent) && bears) this.#giveUp('unknown', node);
    const call = callAround(node);
    const sink = { isOfLibrary: call !== null && this.#isOfLibrary(call) };
    const asked = this.#askedFor(node);
    // A generic parameter is told what it stands for; what the call made of it is compared as well.
    for (const expected of [this.#declaredFor(node, call), asked]) {
      if (expected && bears && !this.#isMadeHere(inner, expected)) this.#lose(this.#losses.between(from, expected, sink), node);
    }
    if (isFunction && asked) this.#lose(this.#losses.inParameters(from, asked), node);
  }

  /** The parts of what is written out here are handed over one by one; only a spread, or a place that takes anything, loses them together. */
  #isMadeHere(node: ts.Expression, expected: ts.Type): boolean {
    if (ts.isFunctionLike(node)) return true;
    const takesAll = (expected.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) !== 0;
    if (ts.isArrayLiteralExpression(node)) return !takesAll;
    return ts.isObjectLiteralExpression(node) && !takesAll && !node.properties.some(ts.isSpreadAssignment);
  }

  #askedFor(node: ts.Expression): ts.Type | undefined {
    if (!ts.isJsxSpreadAttribute(node.parent)) return this.#checker.getContextualType(node);
    const signature = this.#checker.getResolvedSignature(node.parent.parent.parent);
    const [properties] = signature?.getParameters() ?? [];
    return properties && this.#checker.getTypeOfSymbol(properties);
  }

  /** What the parameter is declared as, before the call has put its own types into it. */
  #declaredFor(node: ts.Expression, call: ts.CallExpression | ts.NewExpression | null): ts.Type | undefined {
    const index = call?.arguments?.indexOf(node) ?? -1;
    const declaration = call && index >= 0 ? this.#checker.getResolvedSignature(call)?.getDeclaration() : undefined;
    if (!declaration || ts.isJSDocSignature(declaration)) return undefined;
    const parameter = declaration.parameters[Math.min(index, declaration.parameters.length - 1)];
    return parameter && ts.isParameter(parameter) ? this.#declaredAs(parameter) : undefined;
  }

  #declaredAs(parameter: ts.ParameterDeclaration): ts.Type {
    const type = this.#typeOf(parameter);
    return parameter.dotDotDotToken ? (type.getNumberIndexType() ?? type) : type;
  }

  #isOfLibrary(call: ts.CallExpression | ts.NewExpression): boolean {
    const file = this.#checker.getResolvedSignature(call)?.getDeclaration()?.getSourceFile().fileName;
    return file !== undefined && isLibrary(file);
  }

  /** A library that takes the client and gives back `any` may have given back anything of it. */
  #lookAtReturn(call: ts.CallExpression): void {
    if (!(this.#typeOf(call).flags & ts.TypeFlags.Any)) return;
    if (call.arguments.some((argument) => this.#types.bears(this.#typeOf(argument)))) this.#giveUp('any', call);
  }

  /** A method that overrides one can take `any` where the other takes the client. */
  #lookAtHeritage(node: ts.ClassLikeDeclaration): void {
    const bases = (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => this.#typeOf(type)));
    if (bases.length === 0) return;
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member) || !ts.isIdentifier(member.name)) continue;
      for (const base of bases) {
        const overridden = this.#checker.getPropertyOfType(base, member.name.text);
        if (overridden) this.#lose(this.#losses.inParameters(this.#typeOf(member), this.#checker.getTypeOfSymbol(overridden)), member.name);
      }
    }
  }

  #taint(parameter: ts.Type): void {
    const declaration = parameter.symbol.declarations?.find(ts.isTypeParameterDeclaration);
    if (declaration && this.#types.taint(parameter.symbol)) this.#again.push(declaration.parent);
  }
}

const LOOKED: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.Identifier,
  ts.SyntaxKind.PropertyAccessExpression,
  ts.SyntaxKind.ElementAccessExpression,
  ts.SyntaxKind.CallExpression,
  ts.SyntaxKind.NewExpression,
  ts.SyntaxKind.AwaitExpression,
  ts.SyntaxKind.AsExpression,
  ts.SyntaxKind.TypeAssertionExpression,
  ts.SyntaxKind.ParenthesizedExpression,
  ts.SyntaxKind.NonNullExpression,
  ts.SyntaxKind.ConditionalExpression,
  ts.SyntaxKind.BinaryExpression,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.FunctionExpression,
  ts.SyntaxKind.ThisKeyword,
  ts.SyntaxKind.SpreadElement,
  ts.SyntaxKind.ObjectLiteralExpression,
  ts.SyntaxKind.ArrayLiteralExpression,
  ts.SyntaxKind.SatisfiesExpression,
]);

function isLooked(node: ts.Node): boolean {
  if (!LOOKED.has(node.kind)) return false;
  if (!ts.isIdentifier(node)) return true;
  return isValue(node) || ts.isShorthandPropertyAssignment(node.parent);
}

const CARRIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.Identifier,
  ts.SyntaxKind.PropertyAccessExpression,
  ts.SyntaxKind.ElementAccessExpression,
  ts.SyntaxKind.CallExpression,
  ts.SyntaxKind.AwaitExpression,
  ts.SyntaxKind.AsExpression,
  ts.SyntaxKind.TypeAssertionExpression,
]);

const canCarry = (node: ts.Node): boolean => CARRIERS.has(node.kind) && !ts.isShorthandPropertyAssignment(node.parent);

/** `app.offers.claim` is shown at `claim`: that is what a reader looks for. */
const nameOf = (node: ts.Node): ts.Node => (ts.isPropertyAccessExpression(node) ? node.name : node);
