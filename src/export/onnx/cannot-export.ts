import { ProblemError } from '../../support/problem.js';

/** A generator that ONNX, or this export to it, cannot represent. @param why after "The generator ..." */
export function cannotExport(why: string): ProblemError {
  return new ProblemError({
    code: 'cannot-export',
    message: `The generator cannot be exported as onnx: it ${why}, which this export cannot write.`,
    cure: 'Leave onnx out of export.formats, or compute that with other ops: docs/export.md lists those that are converted.',
  });
}
