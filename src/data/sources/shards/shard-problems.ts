import { ProblemError } from '../../../support/problem.js';

/** @param what follows the path: `ends in the middle of a record` */
export function damagedShard(path: string, what: string): ProblemError {
  return new ProblemError({
    code: 'damaged-shard',
    message: `${path} is damaged: it ${what}.`,
    cure: 'Copy or write the file again; or leave it out of the pattern.',
  });
}

export function unsupportedShard(path: string, what: string, cure: string): ProblemError {
  return new ProblemError({ code: 'unsupported-shard', message: `${path} ${what}.`, cure });
}
