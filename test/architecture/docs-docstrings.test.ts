// What a partner can call says what it does where their editor shows it, with an example; docs-examples.test.ts compiles the examples.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ExportedDeclarations, type JSDoc, Node, Project } from 'ts-morph';
import { expect, test } from 'vitest';
import { REPOSITORY } from './docs-examples.ts';

/** The doors of all packages, as sources: `sdk/client/src/partner.ts`. */
function doors(): readonly string[] {
  return globSync('sdk/*/package.json', { cwd: REPOSITORY }).flatMap((file) => {
    const { exports = {} }: { exports?: Record<string, { 'chung-source': string }> } = JSON.parse(
      readFileSync(path.join(REPOSITORY, file), 'utf8'),
    );
    return Object.values(exports).map((door) => path.join(REPOSITORY, path.dirname(file), door['chung-source']));
  });
}

function isFunction(declared: ExportedDeclarations): boolean {
  if (Node.isFunctionDeclaration(declared)) return true;
  return Node.isVariableDeclaration(declared) && Node.isArrowFunction(declared.getInitializer());
}

/** Of a function with several signatures the first carries it. */
function docsOf(declared: ExportedDeclarations): readonly JSDoc[] {
  if (Node.isVariableDeclaration(declared)) return declared.getVariableStatement()?.getJsDocs() ?? [];
  if (!Node.isFunctionDeclaration(declared)) return [];
  return [declared, ...declared.getOverloads()].flatMap((one) => one.getJsDocs());
}

test('every function that a package exports has a docstring with an example', () => {
  const project = new Project({ tsConfigFilePath: path.join(REPOSITORY, 'tsconfig.sdk.json') });
  const seen = new Set<string>();
  const bare = new Set<string>();
  for (const door of doors())
    for (const [name, declarations] of project.getSourceFileOrThrow(door).getExportedDeclarations())
      for (const declared of declarations.filter(isFunction)) {
        const place = `${path.relative(REPOSITORY, declared.getSourceFile().getFilePath())} ${name}`;
        seen.add(place);
        const tags = docsOf(declared).flatMap((doc) => doc.getTags().map((tag) => tag.getTagName()));
        if (!tags.includes('example')) bare.add(place);
      }
  expect(seen.size).toBeGreaterThan(50);
  expect([...bare]).toEqual([]);
});
