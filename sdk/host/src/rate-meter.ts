/**
 * Counts messages in a sliding second. True as long as they stay within the rate. It forgets in steps of a tenth of a second, so that its
 * memory does not depend on how many there are.
 */
export function rateMeter(perSecond: number, nowMs: () => number): () => boolean {
  const counts: { readonly slot: number; count: number }[] = [];
  return () => {
    const slot = Math.floor(nowMs() / 100);
    while (counts[0] && counts[0].slot <= slot - 10) counts.shift();
    const last = counts.at(-1);
    if (last?.slot === slot) last.count += 1;
    else counts.push({ slot, count: 1 });
    return counts.reduce((sum, { count }) => sum + count, 0) <= perSecond;
  };
}
