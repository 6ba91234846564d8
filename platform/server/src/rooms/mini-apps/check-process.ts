// The process in which a submission is judged: the same analysis as `chung check`. It runs nothing of the app. Node's permission model lets it
// read the submission and the packages of the server and nothing else, whatever a `tsconfig.json` or an import asks for.
import { analyse, type Finding, openProject, RULES } from '@chung/cli/analysis';
import type { AppFinding } from '@chung/contracts';
import type { CheckReport } from './submission.ts';

/** What a reviewer would never read to its end; errors come first, so none is lost while there are fewer. */
const FINDINGS_MAX = 1_000;
const USES_MAX = 5_000;

/** Where the platform runs from its sources, the SDK has no built types. */
const SDK = import.meta.filename.endsWith('.ts') ? { conditions: ['chung-source'] } : {};

export type CheckAnswer =
  | { readonly kind: 'checked'; readonly report: CheckReport }
  /** The analysis gave up, e.g. at a `tsconfig.json` that is none. */
  | { readonly kind: 'failed'; readonly message: string };

function findingOf({ rule, severity, subject, message, at }: Finding): AppFinding {
  const place = at && { file: at.file, line: at.line, column: at.column };
  return { rule, severity, subject: subject.slice(0, 300), text: message, at: place, docs: `docs/check/${RULES[rule].slug}.md` };
}

function check(folder: string, platformHosts: readonly string[]): CheckAnswer {
  try {
    const { findings, scopes, manifest } = analyse(openProject(folder, SDK), { platformHosts });
    const uses = scopes.uses
      .slice(0, USES_MAX)
      .map(({ scope, operation, at }) => ({ scope, operation, at: { file: at.file, line: at.line, column: at.column } }));
    return {
      kind: 'checked',
      report: {
        manifest,
        findings: findings.slice(0, FINDINGS_MAX).map(findingOf),
        scopes: { used: [...scopes.used], undecided: [...scopes.undecided], uses },
      },
    };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const [folder, ...platformHosts] = process.argv.slice(2);
if (folder === undefined || !process.send)
  throw new Error('this program is started by the server, with the folder of a submission and its own hosts');
process.send(check(folder, platformHosts), () => process.disconnect());
