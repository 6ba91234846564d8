import { ts } from 'ts-morph';
import { type Brand, isOfOthers, type SdkTypes, typeArgumentsOf } from './sdk-types.ts';

/** Where a value of the SDK goes on under a type that no longer says what it is. */
export type Loss =
  /** A method became a plain function: from here on its calls cannot be seen, so that handing it over is its use. */
  | { readonly kind: 'use'; readonly brand: Brand }
  /** Nothing is known of what is done with it. */
  | { readonly kind: 'opaque'; readonly into: 'any' | 'unknown' | 'object' | 'index' | 'other' };

export interface Sink {
  /** Of a library: its `unknown` and `object` are not called by it. */
  readonly isOfLibrary: boolean;
}

const DEPTH = 8;

/** Compares what a value is with what it is taken for, part by part. */
export class LossFinder {
  readonly #types: SdkTypes;
  /** Told of each type parameter of the program that begins to stand for a part of the SDK. */
  readonly #onTaint: (parameter: ts.Type) => void;
  #open = new Set<string>();

  constructor(types: SdkTypes, onTaint: (parameter: ts.Type) => void) {
    this.#types = types;
    this.#onTaint = onTaint;
  }

  /** What is lost when a value of type `from` is taken as `to`. */
  between(from: ts.Type, to: ts.Type, sink: Sink): readonly Loss[] {
    this.#open = new Set();
    return this.#compare(from, to, sink);
  }

  #compare(from: ts.Type, to: ts.Type, sink: Sink): readonly Loss[] {
    if (from === to || !this.#types.bears(from)) return [];
    if (to.flags & ts.TypeFlags.Any) return [{ kind: 'opaque', into: 'any' }];
    if (to.flags & ts.TypeFlags.Unknown) return sink.isOfLibrary ? [] : [{ kind: 'opaque', into: 'unknown' }];
    // What is `never` goes on as anything.
    if (to.flags & ts.TypeFlags.Never) return [{ kind: 'opaque', into: 'other' }];
    if (to.flags & ts.TypeFlags.VoidLike) return [];
    const key = `${idOf(from)} ${idOf(to)}`;
    if (this.#open.has(key) || this.#open.size > 400) return [];
    this.#open.add(key);
    if (to.flags & ts.TypeFlags.TypeParameter) return this.#intoParameter(from, to, sink);
    if (from.isUnion()) return from.types.flatMap((part) => this.#compare(part, to, sink));
    if (to.isUnion()) return this.#intoUnion(from, to, sink);
    if (to.flags & ts.TypeFlags.NonPrimitive) return sink.isOfLibrary ? [] : [{ kind: 'opaque', into: 'object' }];
    if (to.flags & ts.TypeFlags.Instantiable) return [];
    return this.#intoObject(from, to, sink);
  }

  #intoParameter(from: ts.Type, to: ts.Type, sink: Sink): readonly Loss[] {
    const parameter = to.symbol as ts.Symbol | undefined;
    if (!parameter) return [];
    const isOfLibrary = isOfOthers(to);
    if (!isOfLibrary) this.#onTaint(to);
    const constraint = to.getConstraint();
    if (!constraint || constraint.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) return [];
    return this.#compare(from, constraint, { isOfLibrary: isOfLibrary || sink.isOfLibrary }).filter(
      (loss) => loss.kind === 'use' || loss.into === 'index',
    );
  }

  #intoUnion(from: ts.Type, to: ts.UnionType, sink: Sink): readonly Loss[] {
    if (to.types.includes(from)) return [];
    const { checker } = this.#types;
    const open = to.types.filter((part) => part.flags & ts.TypeFlags.TypeParameter);
    const taking = to.types.filter((part) => !(part.flags & ts.TypeFlags.TypeParameter) && checker.isTypeAssignableTo(from, part));
    // Index signatures of type parameters take what the compiler cannot compare before it has inferred them.
    const indexed = to.types.filter((part) => part.flags & ts.TypeFlags.Object && checker.getIndexInfosOfType(part).length > 0);
    return [...new Set([...open, ...taking, ...indexed])].flatMap((part) => this.#compare(from, part, sink));
  }

  #intoObject(from: ts.Type, to: ts.Type, sink: Sink): readonly Loss[] {
    const { checker } = this.#types;
    if (this.#types.isClient(to)) return [];
    const [given, taken] = [typeArgumentsOf(checker, from), typeArgumentsOf(checker, to)];
    if (taken.length > 0 && given.length > 0)
      return taken.flatMap((argument, index) => this.#compare(given[index] ?? argument, argument, sink));
    if (to.getStringIndexType() && this.#types.bears(from)) return [{ kind: 'opaque', into: 'index' }];
    const calls = this.#ofCalls(from, to, sink);
    if (isOfOthers(to)) return calls;
    const properties = checker.getPropertiesOfType(to).filter(({ escapedName }) => !String(escapedName).startsWith('__@'));
    const isBare = properties.length === 0 && to.getCallSignatures().length === 0;
    if (isBare) return sink.isOfLibrary ? [] : [{ kind: 'opaque', into: 'object' }];
    const losses = [...calls, ...properties.flatMap((property) => this.#ofProperty(from, property, sink))];
    const keeps = losses.length > 0 || this.#types.bears(to) || this.#types.brandsOf(to).length > 0 || to.getCallSignatures().length > 0;
    return keeps || sink.isOfLibrary ? losses : [{ kind: 'opaque', into: 'other' }];
  }

  #ofProperty(from: ts.Type, property: ts.Symbol, sink: Sink): readonly Loss[] {
    const { checker } = this.#types;
    const own = checker.getPropertyOfType(from, String(property.escapedName));
    if (!own || this.#open.size > DEPTH * 50) return [];
    const [is, taken] = [checker.getTypeOfSymbol(own), checker.getTypeOfSymbol(property)];
    const brands = this.#types.brandsOf(is);
    const isKept = is === taken || this.#types.brandsOf(taken).length > 0;
    const uses = isKept ? [] : brands.map((brand) => ({ kind: 'use' as const, brand }));
    return [...uses, ...this.#compare(is, taken, sink)];
  }

  /** What a function gives back, and what it is called with: a callback that takes `any` loses as much as an assignment to it. */
  #ofCalls(from: ts.Type, to: ts.Type, sink: Sink): readonly Loss[] {
    const [gives] = from.getCallSignatures();
    const [expects] = to.getCallSignatures();
    if (!gives || !expects) return [];
    const { checker } = this.#types;
    return this.#compare(checker.getReturnTypeOfSignature(gives), checker.getReturnTypeOfSignature(expects), sink);
  }

  /** A function `callback` where `expected` stands: its parameters take what the caller will hand in. */
  inParameters(callback: ts.Type, expected: ts.Type): readonly Loss[] {
    this.#open = new Set();
    const { checker } = this.#types;
    const [own] = callback.getCallSignatures();
    const sides = expected.isUnion() ? expected.types : [expected];
    const offered = sides.flatMap((side) => side.getCallSignatures())[0];
    if (!own || !offered) return [];
    return own.getParameters().flatMap((parameter, index) => {
      const given = offered.getParameters()[index];
      if (!given) return [];
      return this.#compare(checker.getTypeOfSymbol(given), checker.getTypeOfSymbol(parameter), { isOfLibrary: false });
    });
  }
}

const ids = new WeakMap<ts.Type, number>();
let last = 0;

function idOf(type: ts.Type): number {
  const known = ids.get(type);
  if (known !== undefined) return known;
  last += 1;
  ids.set(type, last);
  return last;
}
