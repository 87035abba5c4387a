import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Python that has a package, or why there is none. */
export type Python = { readonly file: string } | { readonly missing: string };

/** Finds a Python with the package: RUNNER_BENCH_PYTHON if it is set, else the environments of `npm run test:services`, else `python3`. */
export function findPython(name: string, env: NodeJS.ProcessEnv = process.env): Python {
  const configured = env['RUNNER_BENCH_PYTHON'];
  const candidates = configured ? [configured] : [...servicesPythons(env), 'python3'];
  const file = candidates.find((candidate) => has(candidate, name, env));
  if (file !== undefined) return { file };
  const cure = 'RUNNER_BENCH_PYTHON names a Python, and npm run test:services installs one with all requirements';
  return { missing: `${candidates.join(', ')} cannot import ${name} (${cure})` };
}

/** MLflow has its own environment. */
function servicesPythons(env: NodeJS.ProcessEnv): string[] {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return ['services', 'services-mlflow'].map((name) => join(cache, 'cyclegan-runner', name, 'bin', 'python'));
}

function has(python: string, name: string, env: NodeJS.ProcessEnv): boolean {
  if (python.includes('/') && !existsSync(python)) return false;
  const script = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(name)}) is None)`;
  return spawnSync(python, ['-c', script], { env, stdio: 'ignore' }).status === 0;
}
