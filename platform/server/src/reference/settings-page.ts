import { SETTINGS } from '../config.ts';
import { code, table } from './markdown.ts';

/** `docs/settings.md`: every environment variable that the server reads. */
export function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { shown, meaning }]) => [code(name), shown === '' ? '–' : code(shown), meaning]);
  return `# Settings

All settings are environment variables, checked together at the start: a wrong start names everything that is wrong at once. With
\`NODE_ENV=production\` the development defaults of \`CHUNG_BASE_URL\`, \`DATABASE_URL\`, \`CHUNG_SECRET\`, \`CHUNG_TOKEN_KEYS\`,
\`CHUNG_RECEIPT_KEYS\` and \`CHUNG_DEMO\` are refused by name.

${table(['Setting', 'Default', 'Meaning'], rows)}
`;
}
