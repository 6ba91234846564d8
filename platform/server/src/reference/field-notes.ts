import path from 'node:path';
import {
  type CallExpression,
  Node,
  type ObjectLiteralExpression,
  Project,
  type PropertyAccessExpression,
  type PropertyAssignment,
  type SourceFile,
} from 'ts-morph';

/** What the fields of one schema mean, by their paths as `fieldsOf` writes them. */
export type Notes = ReadonlyMap<string, string>;

export type Part = 'params' | 'query' | 'body' | 'reply';

export interface FieldNotes {
  ofOperation(id: string, part: Part): Notes;
  ofEvent(type: string): Notes;
}

const CONTRACTS = path.resolve(import.meta.dirname, '../../../../sdk/contracts/src');

/**
 * Reads the meaning of fields where it is written: in the comments above them in the contracts. A schema at run time knows nothing of its
 * comments, so the declarations are followed in their source, by name; what is declared otherwise than as a schema is passed over.
 */
export function readFieldNotes(): FieldNotes {
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true });
  const files = project.addSourceFilesAtPaths([path.join(CONTRACTS, '*.ts'), `!${path.join(CONTRACTS, '*.test.ts')}`]);
  const declarations = new Declarations(files);
  const operations = new Map(files.flatMap(operationsIn));
  const events = objectOf(
    files
      .map((file) => file.getVariableDeclaration('EVENT_TYPES'))
      .find((one) => one !== undefined)
      ?.getInitializer(),
  );
  const none: Notes = new Map();
  return {
    ofOperation: (id, part) => {
      const declared = operations.get(id);
      const schema = declared && declarations.propertyOf(declared, part);
      return schema ? declarations.notesOf(schema) : none;
    },
    ofEvent: (type) => {
      const schema = events?.getProperties().find((one) => Node.isPropertyAssignment(one) && nameOf(one) === type);
      return Node.isPropertyAssignment(schema) ? declarations.notesOf(schema.getInitializerOrThrow()) : none;
    },
  };
}

const nameOf = (property: PropertyAssignment) => property.getName().replace(/^'(.*)'$/, '$1');

/** Every `operation({ id: '…', … })` of a file, by its id. */
function operationsIn(file: SourceFile): [string, ObjectLiteralExpression][] {
  return file.getVariableDeclarations().flatMap((declaration) => {
    const made = declaration.getInitializer();
    if (!Node.isCallExpression(made) || made.getExpression().getText() !== 'operation') return [];
    const [spec] = made.getArguments();
    if (!Node.isObjectLiteralExpression(spec)) return [];
    const id = spec.getProperty('id');
    const value = Node.isPropertyAssignment(id) ? id.getInitializer() : undefined;
    return Node.isStringLiteral(value) ? [[value.getLiteralValue(), spec] as [string, ObjectLiteralExpression]] : [];
  });
}

/** Behind `as const`, `satisfies` and brackets. */
function bare(node: Node | undefined): Node | undefined {
  return Node.isAsExpression(node) || Node.isSatisfiesExpression(node) || Node.isParenthesizedExpression(node)
    ? bare(node.getExpression())
    : node;
}

function objectOf(node: Node | undefined): ObjectLiteralExpression | undefined {
  const inner = bare(node);
  return Node.isObjectLiteralExpression(inner) ? inner : undefined;
}

/** One field and what is said of it. */
type Note = readonly [path: string, note: string];

/** Follows schemas through the names, spreads and calls that they are put together from. */
class Declarations {
  private readonly files: readonly SourceFile[];

  constructor(files: readonly SourceFile[]) {
    this.files = files;
  }

  notesOf(schema: Node): Notes {
    return new Map(this.schema(schema, ''));
  }

  propertyOf(object: ObjectLiteralExpression, name: string): Node | undefined {
    for (const property of object.getProperties().toReversed()) {
      if (Node.isPropertyAssignment(property) && nameOf(property) === name) return property.getInitializer();
      const spread = Node.isSpreadAssignment(property) ? objectOf(this.follow(property.getExpression())) : undefined;
      const found = spread && this.propertyOf(spread, name);
      if (found) return found;
    }
    return undefined;
  }

  /** A name stands for its declaration: that of its own file first, as the compiler would see it. */
  private follow(node: Node | undefined): Node | undefined {
    const inner = bare(node);
    if (!Node.isIdentifier(inner)) return inner;
    const declared = [inner.getSourceFile(), ...this.files].map((file) => file.getVariableDeclaration(inner.getText()));
    return this.follow(declared.find((one) => one !== undefined)?.getInitializer());
  }

  private schema(node: Node | undefined, at: string): readonly Note[] {
    const inner = this.follow(node);
    if (Node.isObjectLiteralExpression(inner)) return inner.getProperties().flatMap((property) => this.field(property, at));
    if (Node.isPropertyAccessExpression(inner)) return this.schema(this.memberOf(inner), at);
    return Node.isCallExpression(inner) ? this.call(inner, at) : [];
  }

  private call(call: CallExpression, at: string): readonly Note[] {
    const callee = call.getExpression();
    const [first, second] = call.getArguments();
    switch (callee.getText()) {
      case 'z.object':
      case 'z.strictObject':
      case 'z.looseObject':
        return this.schema(first, at);
      case 'z.array':
        return this.schema(first, `${at}[]`);
      case 'pageOf':
        return this.schema(first, 'items[]');
      case 'z.discriminatedUnion':
        return this.branches(first, second, at === '' ? 'body' : at);
    }
    // `.nullable()`, `.superRefine(…)`, `.extend({ … })`: the schema before the dot, and what is added to it.
    if (!Node.isPropertyAccessExpression(callee)) return [];
    const before = this.schema(callee.getExpression(), at);
    return callee.getName() === 'extend' ? [...before, ...this.schema(first, at)] : before;
  }

  /** `Submission.shape` is the schema itself, `offerFields.title` one of the fields. */
  private memberOf(access: PropertyAccessExpression): Node | undefined {
    if (access.getName() === 'shape') return access.getExpression();
    const object = objectOf(this.follow(access.getExpression()));
    return object && this.propertyOf(object, access.getName());
  }

  private branches(key: Node | undefined, list: Node | undefined, at: string): readonly Note[] {
    if (!Node.isStringLiteral(key) || !Node.isArrayLiteralExpression(list)) return [];
    return list.getElements().flatMap((branch) => {
      const call = this.follow(branch);
      const object = Node.isCallExpression(call) ? objectOf(call.getArguments()[0]) : undefined;
      const value = object && /^z\.literal\('([^']+)'\)$/.exec(this.propertyOf(object, key.getLiteralValue())?.getText() ?? '')?.[1];
      return object && value ? this.schema(object, `${at}{${value}}`) : [];
    });
  }

  private field(property: Node, at: string): readonly Note[] {
    if (Node.isSpreadAssignment(property)) return this.schema(property.getExpression(), at);
    const isShort = Node.isShorthandPropertyAssignment(property);
    if (!isShort && !Node.isPropertyAssignment(property)) return [];
    const name = isShort ? property.getName() : nameOf(property);
    const place = at === '' ? name : `${at}.${name}`;
    const note = commentOf(property);
    const own: readonly Note[] = note === null ? [] : [[place, note]];
    return [...own, ...this.schema(isShort ? property.getNameNode() : property.getInitializer(), place)];
  }
}

/** The comment that stands above a field; `// …` is for whoever changes it, a docstring for whoever uses it. */
function commentOf(node: Node): string | null {
  const text = node.getLeadingCommentRanges().at(-1)?.getText() ?? '';
  if (!text.startsWith('/**')) return null;
  const words = text.slice(3, -2).replaceAll(/^\s*\* ?/gm, '');
  return words.replaceAll(/\s+/g, ' ').trim();
}
