// Verifying settlement statements offline: from files alone, in Node and in browsers.
export { canonicalJson } from './statement-canonical.ts';
export type { StatementDifference, StatementDifferenceCode, StatementGap } from './statement-differences.ts';
export { type InclusionCheck, type InclusionProblem, proveInclusion, type ReceiptFacts, verifyInclusion } from './statement-inclusion.ts';
export { differenceWords, gapWords } from './statement-words.ts';
export { type StatementCheck, type StatementFiles, verifyStatement } from './verify-statement.ts';
