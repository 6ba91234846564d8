// The public face of every package of the SDK, as `sdk/*/api.md`: a change of it is seen in a review, and none goes out unseen.
// `npm run api:report` writes them; the packages' test compares.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Project } from 'ts-morph';
import { bootstrap } from './bootstrap.mjs';
import { exitWithFailure, say } from './report.mjs';
import { buildPackages, sdkPackages } from './sdk-packages.mjs';

/** Types that the compiler worked out of schemas fill screens; a change of one shows by its digest. */
const LONGEST_SHOWN = 1_500;

function textOf(declaration) {
  const statement = declaration.getKindName() === 'VariableDeclaration' ? declaration.getVariableStatementOrThrow() : declaration;
  const text = statement
    .getText()
    .replaceAll(/^export (declare )?/gm, '')
    .replaceAll(/import\("[^"]*"\)\./g, '');
  if (text.length <= LONGEST_SHOWN) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, text.search(/[=:{(<]/)).trim()} … // ${text.length} characters, sha256 ${digest}`;
}

function doorReport(project, file) {
  const source = project.addSourceFileAtPath(file);
  project.resolveSourceFileDependencies();
  const lines = [];
  for (const [name, declarations] of [...source.getExportedDeclarations()].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const declaration of declarations)
      lines.push(
        declaration.getSourceFile().getFilePath().includes('/node_modules/') ? `// ${name}: from another package` : textOf(declaration),
      );
  return lines.join('\n\n');
}

/** @returns {string} the report of one built package */
export function apiReport({ folder, manifest }) {
  const project = new Project({ compilerOptions: { moduleResolution: 100, module: 199 }, skipAddingFilesFromTsConfig: true });
  const doors = Object.entries(manifest.exports ?? {}).map(([door, { types }]) => {
    const name = join(manifest.name, door).replaceAll('\\', '/');
    return `## ${name}\n\n\`\`\`typescript\n${doorReport(project, join(folder, types))}\n\`\`\`\n`;
  });
  return `# The public face of ${manifest.name}\n\nWritten by \`npm run api:report\`.\n\n${doors.join('\n')}`;
}

const reportFile = ({ folder }) => join(folder, 'api.md');

/** @returns {string | null} what is committed */
export const committedReport = (one) => (existsSync(reportFile(one)) ? readFileSync(reportFile(one), 'utf8') : null);

async function write() {
  const { node, env } = await bootstrap({ web: false });
  await buildPackages({ node, env });
  for (const one of sdkPackages()) {
    writeFileSync(reportFile(one), apiReport(one));
    say(`✓ ${one.manifest.name}`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) write().catch(exitWithFailure);
