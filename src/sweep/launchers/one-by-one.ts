/**
 * Submits trials in sequence and stops at the first error, so that the handles of those before it are not lost.
 *
 * @param submit returns the handle of the trial
 * @throws the error of the first trial, if it cannot be submitted
 */
export async function oneByOne(
  trials: readonly number[],
  submit: (trial: number) => Promise<string>,
): Promise<Map<number, string>> {
  const handles = new Map<number, string>();
  for (const trial of trials) {
    try {
      handles.set(trial, await submit(trial));
    } catch (error) {
      if (handles.size === 0) throw error;
      break;
    }
  }
  return handles;
}
