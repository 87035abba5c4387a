import { ProblemError } from '../../../support/problem.js';

/** @param what follows the path: `ends in the middle of a record` */
export function damagedShard(path: string, what: string): ProblemError {
  return new ProblemError({
    code: 'damaged-shard',
    message: `${path} is damaged: it ${what}.`,
    cure: 'Copy or write the file again; or leave it out of the pattern.',
  });
}

/** @param option that is to be changed: `dataset.key` */
export function unsupportedShard(path: string, what: string, cure: string, option?: string): ProblemError {
  const message = `${option === undefined ? '' : `${option}: `}${path} ${what}.`;
  return new ProblemError({ code: 'unsupported-shard', message, cure });
}
