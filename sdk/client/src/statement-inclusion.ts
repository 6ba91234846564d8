import { type Statement, StatementInclusion } from '@chung/contracts';
import { canonicalJson, digestBytes, digestText } from './statement-canonical.ts';
import { firstIssue } from './statement-events.ts';
import { merklePath, rootFromPath } from './statement-merkle.ts';
import { headerHash, headerOf, levelsOf, lineHash } from './verify-statement.ts';

/** What a receipt says of a redemption; a `VerifiedReceipt` of `@chung/client/receipt` is one. */
export interface ReceiptFacts {
  readonly redemptionId: string;
  readonly offerId: string;
  readonly partnerId: string;
}

/**
 * - `unreadable`: not of the format.
 * - `hash`: the header is not the one that its hash stands for. `root`: the line is not at that place under that root.
 * - `receipt`: the receipt is of another redemption, offer or partner.
 * - `statement`: it is not in the statement whose hash was given.
 */
export type InclusionProblem = 'unreadable' | 'hash' | 'root' | 'receipt' | 'statement';

export interface InclusionCheck {
  readonly verified: boolean;
  readonly problems: readonly InclusionProblem[];
  /** The proof as it was read, with its line; null when it could not be. */
  readonly proof: StatementInclusion | null;
  /** Why it could not be read. */
  readonly detail: string | null;
}

/**
 * Proofs that the lines of a redemption are in a statement, one each, for somebody who shall see these lines and no others. Empty when it has
 * none. Verify the statement first: this takes it as it is.
 *
 * @example
 * const { statement } = await verifyStatement({ statement: JSON.parse(text) });
 * if (statement) show(JSON.stringify(await proveInclusion(statement, redemptionId)));
 */
export async function proveInclusion(statement: Statement, redemptionId: string): Promise<readonly StatementInclusion[]> {
  const found = statement.lines.flatMap((line, index) => (line.redemptionId === redemptionId ? [{ line, index }] : []));
  if (found.length === 0) return [];
  const levels = await levelsOf(statement.lines);
  const header = headerOf(statement);
  return found.map(({ line, index }) => ({ header, line, path: merklePath(levels, index).map(digestText) }));
}

/**
 * Checks a proof offline: that the line is in the statement whose header it carries, and that a receipt is of that line's redemption. Compare
 * the header's hash with one that you trust by `statementHash`, as the one that the next statement names. It never throws for what it is given.
 *
 * @example
 * const receipt = await verifyReceipt(token, { keys, issuer, audience });
 * const { verified } = await verifyInclusion({ proof: JSON.parse(text), receipt, statementHash });
 */
export async function verifyInclusion(given: {
  readonly proof: unknown;
  readonly receipt?: ReceiptFacts;
  readonly statementHash?: string;
}): Promise<InclusionCheck> {
  const read = StatementInclusion.safeParse(given.proof);
  if (!read.success) return { verified: false, problems: ['unreadable'], proof: null, detail: firstIssue(read.error) };
  const proof = read.data;
  try {
    canonicalJson(proof);
  } catch {
    return { verified: false, problems: ['unreadable'], proof: null, detail: 'canonical JSON' };
  }
  const { header, line, path } = proof;
  const problems: InclusionProblem[] = [];
  if ((await headerHash(header)) !== header.hash) problems.push('hash');
  const place = { index: line.number - 1, size: header.lineCount, path: path.map(digestBytes) };
  const root = await rootFromPath(await lineHash(line), place);
  if (!root || digestText(root) !== header.root) problems.push('root');
  if (given.receipt && !isOf(given.receipt, proof)) problems.push('receipt');
  if (given.statementHash !== undefined && given.statementHash !== header.hash) problems.push('statement');
  return { verified: problems.length === 0, problems, proof, detail: null };
}

const isOf = ({ redemptionId, offerId, partnerId }: ReceiptFacts, { header, line }: StatementInclusion): boolean =>
  line.redemptionId === redemptionId && line.offerId === offerId && header.partner.id === partnerId;
