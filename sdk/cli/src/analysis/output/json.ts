import type { Findings } from '../analyse.ts';
import type { Finding } from '../findings.ts';
import { RULES } from '../rules.ts';

/** Bumped when a field changes its meaning; new fields do not change it. */
const VERSION = 1;

/**
 * Findings for programs: one object, the same on the laptop and in the dossier of a review.
 *
 * @example
 * process.stdout.write(toJson(analyse(openProject('.'))));
 */
export function toJson({ findings, scopes, files }: Findings): string {
  const { used, missing, unused, undecided, uses, declared, unanalysable } = scopes;
  const shown = { used, missing, unused, undecided, uses, declared, unanalysable };
  return `${JSON.stringify({ version: VERSION, findings: findings.map(row), scopes: shown, files }, null, 2)}\n`;
}

function row({ rule, severity, subject, message, at, fix }: Finding): object {
  return {
    rule,
    severity,
    subject,
    message,
    at,
    docs: `docs/check/${RULES[rule].slug}.md`,
    fix: fix ? { title: fix.title, needs: fix.needs } : null,
  };
}
