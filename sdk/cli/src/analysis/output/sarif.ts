import type { Finding } from '../findings.ts';
import type { Severity } from '../rules.ts';
import { RULE_CODES, RULES } from '../rules.ts';

export interface SarifOptions {
  readonly version: string;
  /** Where the pages of the rules are served, e.g. `https://chung.example/docs/check/`. */
  readonly docsUrl?: string;
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', review: 'note' };

/**
 * SARIF 2.1.0 (OASIS): what code hosts and editors read. Paths are relative to the project, columns count UTF-16 units.
 *
 * @example
 * const { findings } = analyse(openProject('.'));
 * process.stdout.write(toSarif(findings, { version: '1.0.0', docsUrl: 'https://chung.example/docs/check/' }));
 */
export function toSarif(findings: readonly Finding[], { version, docsUrl }: SarifOptions): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'chung check', semanticVersion: version, rules: RULE_CODES.map((code) => descriptor(code, docsUrl)) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { PROJECT: { description: { text: 'The folder with chung.config.ts' } } },
        results: findings.map(result),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function descriptor(code: (typeof RULE_CODES)[number], docsUrl: string | undefined): object {
  const { slug, severity, title, why, remedy } = RULES[code];
  return {
    id: code,
    name: slug,
    shortDescription: { text: title.en },
    fullDescription: { text: why.en },
    help: { text: remedy.en },
    defaultConfiguration: { level: LEVELS[severity] },
    ...(docsUrl !== undefined && { helpUri: `${docsUrl}${slug}` }),
    properties: { 'title.vi': title.vi, 'remedy.vi': remedy.vi },
  };
}

function result({ rule, severity, subject, message, at, fix }: Finding): object {
  return {
    ruleId: rule,
    ruleIndex: RULE_CODES.indexOf(rule),
    level: LEVELS[severity],
    message: { text: message.en },
    locations: at ? [location(at)] : [],
    // Stays the same when lines move, so that a finding that was judged is not judged again.
    partialFingerprints: { 'chungSubject/v1': `${rule}:${at?.file ?? ''}:${subject}` },
    properties: { subject, 'message.vi': message.vi },
    ...(fix?.needs === 'nothing' && { fixes: [fixOf(fix)] }),
  };
}

function location({ file, line, column, start, end }: NonNullable<Finding['at']>): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file), uriBaseId: 'PROJECT' },
      region: { startLine: line, startColumn: column, charOffset: start, charLength: end - start },
    },
  };
}

function fixOf({ title, edits }: Extract<NonNullable<Finding['fix']>, { needs: 'nothing' }>): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title.en },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: encodeURI(file), uriBaseId: 'PROJECT' },
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ start, end, text }) => ({ deletedRegion: { charOffset: start, charLength: end - start }, insertedContent: { text } })),
    })),
  };
}
