/** A reason not to start that the operator can act on: `main.ts` prints the sentence alone, without a stack, and exits with 1. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
