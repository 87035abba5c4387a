/** At most `most` of a list, evenly spread over it, the first included; the same ones each time. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

/**
 * `count` different indices below `total`, in ascending order, each in the middle of its share: of equal distance up to rounding; all of them
 * if there are fewer.
 */
export function spreadIndices(total: number, count: number): number[] {
  const chosen = Math.max(0, Math.min(total, Math.floor(count)));
  return Array.from({ length: chosen }, (_, i) => Math.floor(((i + 0.5) * total) / chosen));
}
