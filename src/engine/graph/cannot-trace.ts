import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProblemError } from '../../support/problem.js';

/**
 * What a traced function did that a graph cannot hold.
 *
 * @param what the op or the deed; the line that did it is added
 * @param cure the way out, within a traced function
 */
export function cannotTrace(what: string, cure: string): ProblemError {
  const where = userLine();
  return new ProblemError({
    code: 'cannot-trace',
    message: `${what}${where === undefined ? '' : ` (${where})`}`,
    cure: `${cure} Or run the function as it is, without compiling it (in a config: engine.mode: eager).`,
  });
}

/** TensorFlow.js, also where source maps name its files as they were before it was packed, and our copy of tfjs-node in dist/. */
const TFJS = /node_modules[\\/]@tensorflow[\\/]|[\\/]tfjs-\w+[\\/](src|dist)[\\/]/;

/** Of the engine's files beside this folder, those that only hand on to TensorFlow what others ask for. */
const HELPERS = /^(apply-adam|gradients|ops|random-tensors)\.[jt]s$/;

/** `file:line:column` of the innermost caller that is neither the tracer, nor a helper of it, nor a package. */
function userLine(): string | undefined {
  const [here, ...callers] = callStack();
  if (here === undefined) return undefined;
  const tracer = dirname(fileOf(here));
  const engine = dirname(tracer);
  const inside = (place: string) =>
    dirname(fileOf(place)) === tracer ||
    (dirname(fileOf(place)) === engine && HELPERS.test(fileOf(place).slice(join(engine, '/').length)));
  const outside = callers.filter((place) => !inside(place) && !TFJS.test(place));
  return outside.find((place) => !/[\\/]node_modules[\\/]/.test(place)) ?? outside[0];
}

/** The places of the running calls, innermost first; without those in Node itself. TensorFlow.js alone is a dozen deep. */
function callStack(): string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split('\n').flatMap((line) => {
    const place = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined) return [];
    return [place.startsWith('file:') ? place.replace(/^.*(?=:\d+:\d+$)/, (url) => fileURLToPath(url)) : place];
  });
}

const fileOf = (place: string): string => place.replace(/:\d+:\d+$/, '');
