import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Python to run a package's code with, or why there is none. */
export type Python = { readonly file: string } | { readonly missing: string };

/**
 * RUNNER_BENCH_PYTHON where it is set; else the first that has the package of the environments that `npm run test:services` sets up and
 * `python3`.
 */
export function findPython(name: string, env: NodeJS.ProcessEnv = process.env): Python {
  const asked = env['RUNNER_BENCH_PYTHON'];
  const candidates = asked ? [asked] : [...servicesPythons(env), 'python3'];
  const file = candidates.find((candidate) => has(candidate, name, env));
  if (file !== undefined) return { file };
  const cure = 'RUNNER_BENCH_PYTHON names a Python, and npm run test:services installs one with all that is needed';
  return { missing: `${candidates.join(', ')} cannot import ${name} (${cure})` };
}

/** MLflow has an environment of its own. */
function servicesPythons(env: NodeJS.ProcessEnv): string[] {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return ['services', 'services-mlflow'].map((name) => join(cache, 'cyclegan-runner', name, 'bin', 'python'));
}

function has(python: string, name: string, env: NodeJS.ProcessEnv): boolean {
  if (python.includes('/') && !existsSync(python)) return false;
  const look = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(name)}) is None)`;
  return spawnSync(python, ['-c', look], { env, stdio: 'ignore' }).status === 0;
}
