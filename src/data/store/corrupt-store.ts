import { ProblemError } from '../../support/problem.js';

/** @param what is wrong with the store, in words: `index.json is missing` */
export function corruptStore(what: string): ProblemError {
  return new ProblemError({
    code: 'corrupt-store',
    message: `The prepared images are not whole: ${what}.`,
    cure: 'Prepare them again: runner run CONFIG --force preprocess.',
  });
}
