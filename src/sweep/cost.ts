/** A number of which less is better, whatever `value` is a measure of; what is missing or no number is worse than any. */
export function costOf(value: number | null | undefined, better: 'lower' | 'higher'): number {
  if (value === null || value === undefined || Number.isNaN(value)) return Infinity;
  return better === 'lower' ? value : -value;
}
