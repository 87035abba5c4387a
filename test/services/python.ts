import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * The Python that test/services/run has set up, with TensorFlow, PyTorch and TensorBoard.
 * @throws when the tests were started in another way: a comparison that is not made must not look like one that held
 */
export function servicesPython(): string {
  const python = process.env['RUNNER_SERVICES_PYTHON'];
  if (!python) throw new Error('RUNNER_SERVICES_PYTHON is not set: start these tests with `npm run test:services`.');
  return python;
}

/** Runs a script of test/services/python, which prints one JSON document. */
export function runPython<T>(script: string, ...args: readonly string[]): T {
  const path = fileURLToPath(new URL(`../../../test/services/python/${script}`, import.meta.url));
  const output = execFileSync(servicesPython(), [path, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    maxBuffer: 1 << 30,
  });
  return JSON.parse(output) as T;
}
