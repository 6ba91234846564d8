import type { Manifest } from '@chung/contracts';
import { type Finding, sorted } from './findings.ts';
import { readManifestFile } from './manifest-file.ts';
import type { CheckedProject } from './project.ts';
import { checkDependencies } from './rules/dependencies.ts';
import { checkForbidden } from './rules/forbidden.ts';
import { checkHosts } from './rules/hosts.ts';
import { checkRedeclared } from './rules/redeclared.ts';
import { requestsIn } from './rules/requests.ts';
import { checkSecrets } from './rules/secrets.ts';
import { checkTexts } from './rules/texts.ts';
import { compareScopes, type ScopeEvidence, type ScopeVerdict, verdictOf } from './scopes/compare.ts';
import { declaredScopes } from './scopes/declared.ts';
import { escapesIn, rawRequests, typeErrors } from './scopes/escapes.ts';
import { filesInReach } from './scopes/reach.ts';
import { SdkTypes } from './scopes/sdk-types.ts';
import { walkScopes } from './scopes/walk.ts';

export interface AnalysisOptions {
  /** Hosts of the platform: a request to one of them past the SDK is shown to the reviewer. */
  readonly platformHosts?: Iterable<string>;
}

/** All that was found in an app: for people, machines and the dossier of its review. */
export interface Findings {
  readonly findings: readonly Finding[];
  /** As it was read, with its defaults; null where it breaks its schema. */
  readonly manifest: Manifest | null;
  /** The proof behind the verdict on scopes: every place that needs one. */
  readonly scopes: ScopeEvidence & ScopeVerdict;
  readonly files: { readonly all: number; readonly inReach: number };
}

/**
 * Judges an app by its source: scopes in both directions, hosts, secrets, forbidden APIs, texts, manifest and dependencies. Laptop and server
 * run this same function; it runs none of the app's code and opens no connection.
 *
 * @example
 * const { findings } = analyse(openProject('.'));
 * process.stdout.write(toText(findings, { language: 'en', readText }));
 */
export function analyse(project: CheckedProject, options: AnalysisOptions = {}): Findings {
  const { root, program, files } = project;
  const types = new SdkTypes(program);
  const { checker } = types;
  const reach = filesInReach(files, checker);
  const requests = requestsIn(files, checker);
  const walked = walkScopes(reach, types, root);
  const platformHosts = new Set(options.platformHosts ?? []);
  const evidence: ScopeEvidence = {
    uses: walked.uses,
    declared: declaredScopes(reach, types, root),
    unanalysable: [
      ...walked.unanalysable,
      ...escapesIn(files, program, root),
      ...typeErrors(reach, program, root),
      ...rawRequests(requests, { platformHosts }, root),
    ],
  };
  const { manifest, findings } = readManifestFile(project);
  return {
    findings: sorted([
      ...findings,
      ...compareScopes(evidence, manifest, root),
      ...checkRedeclared(files, checker, root),
      ...checkHosts(requests, manifest, root),
      ...checkForbidden(files, checker, root),
      ...checkSecrets(project.manifest ? [...files, project.manifest] : files, root),
      ...checkTexts(files, root),
      ...checkDependencies(root),
    ]),
    manifest: manifest?.manifest ?? null,
    scopes: { ...evidence, ...verdictOf(evidence, manifest) },
    files: { all: files.length, inReach: reach.length },
  };
}
