import { ProblemError } from '../../support/problem.js';

/** @param what the damage: `index.json is missing` */
export function corruptStore(what: string): ProblemError {
  return new ProblemError({
    code: 'corrupt-store',
    message: `The prepared images are damaged: ${what}.`,
    cure: 'Prepare them again: runner run CONFIG --force preprocess.',
  });
}
