/**
 * The candidate most similar to `word`, if it is near enough to be a misspelling.
 *
 * @param taken candidates that are already used, and so cannot be meant
 */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  taken: Iterable<string> = [],
): string | undefined {
  const used = new Set(taken);
  let best: string | undefined;
  // Part of the word must remain: another single letter is not a misspelling.
  let bestDistance = Math.min(Math.max(1, Math.floor(word.length / 3)) + 1, Math.max(1, word.length));
  for (const candidate of candidates) {
    if (used.has(candidate)) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Damerau-Levenshtein (optimal string alignment): insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, substituted);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) distance = Math.min(distance, rows[i - 2]![j - 2]! + 1);
      row.push(distance);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
