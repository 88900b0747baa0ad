/**
 * Reads at most once in this time, for everybody who asks meanwhile: for figures that are dear to work out and the same
 * for all. A failure is not kept.
 */
export function rememberFor<T>(milliseconds: number, read: () => Promise<T>, now: () => Date): () => Promise<T> {
  let kept: { until: number; value: Promise<T> } | undefined;
  return () => {
    const at = now().getTime();
    if (kept && at < kept.until) return kept.value;
    const value = read();
    const mine = { until: at + milliseconds, value };
    kept = mine;
    value.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return value;
  };
}
