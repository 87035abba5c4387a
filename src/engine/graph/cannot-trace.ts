import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProblemError } from '../../support/problem.js';

/**
 * The problem of a traced function that does something a graph cannot represent.
 *
 * @param what the op or action; the caller's line is added
 * @param cure the alternative within a traced function
 */
export function cannotTrace(what: string, cure: string): ProblemError {
  const where = userLine();
  return new ProblemError({
    code: 'cannot-trace',
    message: `${what}${where === undefined ? '' : ` (${where})`}`,
    cure: `${cure} Or run the function as it is, without compiling it (in a config: engine.mode: eager).`,
  });
}

/** TensorFlow.js, also under its original file names from source maps, and our copy of tfjs-node in dist/. */
const TFJS = /node_modules[\\/]@tensorflow[\\/]|[\\/]tfjs-\w+[\\/](src|dist)[\\/]/;

/** Files of the engine beside this folder that only call TensorFlow for others. */
const HELPERS = /^(apply-adam|gradients|ops|random-tensors)\.[jt]s$/;

/** `file:line:column` of the innermost caller outside of the tracer, its helpers and packages. */
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

/** The places of the call stack, innermost first, without Node's own. TensorFlow.js alone is a dozen calls deep. */
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
