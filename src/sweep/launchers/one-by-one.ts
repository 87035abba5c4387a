/**
 * Hands trials over one after the other, as far as that goes: what was handed over is not lost because the next one could not be.
 *
 * @param handOver returns what stands for the trial
 * @throws whatever kept the first from being handed over
 */
export async function oneByOne(
  trials: readonly number[],
  handOver: (trial: number) => Promise<string>,
): Promise<Map<number, string>> {
  const handles = new Map<number, string>();
  for (const trial of trials) {
    try {
      handles.set(trial, await handOver(trial));
    } catch (error) {
      if (handles.size === 0) throw error;
      break;
    }
  }
  return handles;
}
