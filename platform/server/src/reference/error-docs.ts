import { ERROR_CODES, ERRORS, type ErrorCode, errorsOf, OPERATIONS } from '@chung/contracts';
import { code, table } from './markdown.ts';
import { operationLink } from './resources.ts';

/** `docs/errors`: an index and a page for each code, by their places in `docs/`. */
export function errorDocs(): ReadonlyMap<string, string> {
  return new Map([['errors/README.md', index()], ...ERROR_CODES.map((one) => [`errors/${one}.md`, page(one)] as const)]);
}

function page(one: ErrorCode): string {
  const { status, title } = ERRORS[one];
  const operations = OPERATIONS.filter((operation) => errorsOf(operation).includes(one)).map(
    (operation) => `- ${operationLink(operation, '../api')} (${operation.method} ${operation.path})`,
  );
  const answeredBy =
    operations.length > 0 ? `## Answered by\n\n${operations.join('\n')}\n` : 'Answered outside the operations, by the server itself.\n';
  return `# ${code(one)}\n\nHTTP ${status}\n\n- ${title.vi}\n- ${title.en}\n\n${answeredBy}`;
}

function index(): string {
  const rows = ERROR_CODES.map((one) => [
    `[${code(one)}](${one}.md)`,
    String(ERRORS[one].status),
    `${ERRORS[one].title.en}<br>${ERRORS[one].title.vi}`,
  ]);
  return `# Error codes\n\nEvery problem document (RFC 9457) carries one of these stable codes.\n\n${table(['Code', 'Status', 'Meaning'], rows)}\n`;
}
