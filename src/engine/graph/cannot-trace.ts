import { fileURLToPath } from 'node:url';
import { ProblemError } from '../../support/problem.js';

/** What a traced function did that a graph cannot hold: the op, the line that used it, and the way out. */
export function cannotTrace(what: string, cure: string): ProblemError {
  const where = userLine(new Error().stack ?? '');
  return new ProblemError({
    code: 'cannot-trace',
    message: `${what}${where === undefined ? '' : ` (${where})`}`,
    cure: `${cure} Or use engine.mode: eager, which runs any TensorFlow.js code.`,
  });
}

/** The first frame of a stack that is neither the tracer's nor a library's. */
function userLine(stack: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line.trim())?.[1];
    if (place === undefined || INSIDE.test(place)) continue;
    return place.startsWith('file:') ? place.replace(/^file:\/\/[^:]*/, (url) => fileURLToPath(url)) : place;
  }
  return undefined;
}

const INSIDE = /node_modules|node:|[\\/]engine[\\/](graph[\\/]|ops\.|random\.|gradients\.)/;
