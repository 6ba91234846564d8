import { RULE_CODES, RULES, type RuleCode } from './rules.ts';

const NOTE = '<!-- Made by `npm run --workspace @chung/cli generate`; change the table of rules, not this file. -->\n\n';

const SEVERITIES = {
  error: 'Error: stops a submission.',
  warning: 'Warning: does not stop a submission.',
  review: 'For a person: shown to the reviewer, who decides.',
} as const;

/** The documentation of the rules, a page each, by its name in `docs/check/`. */
export function rulePages(): ReadonlyMap<string, string> {
  const pages = new Map([['README.md', NOTE + index()]]);
  for (const code of RULE_CODES) pages.set(`${RULES[code].slug}.md`, NOTE + page(code));
  return pages;
}

function page(code: RuleCode): string {
  const { severity, title, why, remedy } = RULES[code];
  return `# ${code}: ${title.en}

${SEVERITIES[severity]}

- **Why.** ${why.en}
- **What to do.** ${remedy.en}

## ${title.vi}

- **Vì sao.** ${why.vi}
- **Cách sửa.** ${remedy.vi}

[All rules](README.md)
`;
}

function index(): string {
  const rows = RULE_CODES.map((code) => {
    const { slug, severity, title } = RULES[code];
    return `| [\`${code}\`](${slug}.md) | ${severity} | ${title.en} | ${title.vi} |`;
  });
  return `# Rules of \`chung check\`

The same rules run on your machine and on the server. Codes are stable. An \`error\` stops a submission, a \`warning\` does not, \`review\` is for
a person to look at, because a machine cannot tell.

| Rule | Severity | | |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
