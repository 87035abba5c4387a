import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

/**
 * The Python with TensorFlow, PyTorch and TensorBoard that test/services/run installs.
 * @throws when the tests were started in another way, because a skipped comparison must not look like a passed one
 */
export function servicesPython(): string {
  const python = process.env['RUNNER_SERVICES_PYTHON'];
  if (!python) throw new Error('RUNNER_SERVICES_PYTHON is not set: start these tests with `npm run test:services`.');
  return python;
}

/** The Python with onnxruntime, likewise. */
export function onnxPython(): string {
  const python = process.env['RUNNER_SERVICES_ONNX'];
  if (!python) throw new Error('RUNNER_SERVICES_ONNX is not set: start these tests with `npm run test:services`.');
  return python;
}

/** The Python with huggingface_hub, likewise. */
export function cardsPython(): string {
  const python = process.env['RUNNER_SERVICES_CARDS'];
  if (!python) throw new Error('RUNNER_SERVICES_CARDS is not set: start these tests with `npm run test:services`.');
  return python;
}

/** Runs a script of test/services/python, which prints one JSON document, with {@link servicesPython}. */
export function runPython<T>(script: string, ...args: readonly string[]): T {
  return runScript(servicesPython(), script, ...args);
}

/** {@link runPython} for a script that asks this process for something. */
export async function runPythonLater<T>(script: string, ...args: readonly string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(servicesPython(), [pathOf(script), ...args], { maxBuffer: 1 << 30 });
  return JSON.parse(stdout) as T;
}

/** {@link runPython} with another Python. */
export function runScript<T>(python: string, script: string, ...args: readonly string[]): T {
  const output = execFileSync(python, [pathOf(script), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    maxBuffer: 1 << 30,
  });
  return JSON.parse(output) as T;
}

const pathOf = (script: string): string =>
  fileURLToPath(new URL(`../../../test/services/python/${script}`, import.meta.url));
