/** What all charts share. */
export interface View {
  smoothing: number;
  logarithmic: boolean;
  /** The first and the last step of all charts. */
  readonly whole: readonly [number, number];
  /** The shown steps; undefined for all. */
  range: readonly [number, number] | undefined;
  readonly stepsPerEpoch: number | null;
}

/**
 * The range of steps after a key: plus and minus zoom about the middle, arrows move by a fifth, 0 shows all.
 * @returns null for all steps, undefined for a key without a meaning
 */
export function moved(
  key: string,
  { range, whole }: Pick<View, 'range' | 'whole'>,
): readonly [number, number] | null | undefined {
  const [first, last] = whole;
  const [min, max] = range ?? whole;
  const [middle, half] = [(min + max) / 2, (max - min) / 2];
  const moves: Record<string, readonly [number, number] | null> = {
    '+': [middle - half / 2, middle + half / 2],
    '=': [middle - half / 2, middle + half / 2],
    '-': [middle - half * 2, middle + half * 2],
    ArrowLeft: [min - half * 0.4, max - half * 0.4],
    ArrowRight: [min + half * 0.4, max + half * 0.4],
    '0': null,
  };
  const move = Object.hasOwn(moves, key) ? moves[key] : undefined;
  if (move === undefined || move === null) return move;
  const width = Math.min(move[1] - move[0], last - first);
  if (width >= last - first) return null;
  const start = Math.min(Math.max(move[0], first), last - width);
  return [start, start + width];
}
