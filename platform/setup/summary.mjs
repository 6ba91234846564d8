/** The last line of `npm test`, `npm run check` and `.ci/run`: plain, so that a script can read it. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
