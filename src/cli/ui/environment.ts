import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../support/cache-folder.js';
import { describeHolder } from '../../support/lock.js';
import { ProblemError } from '../../support/problem.js';
import { waitForLock } from '../../support/wait-for-lock.js';
import type { Place } from './page.js';

/** What is installed; an environment each, because they want other versions of the same packages. */
const PACKAGES = {
  tensorboard: { requirement: 'tensorboard==2.20.0', needs: 'setuptools<81', megabytes: 120 },
  mlflow: { requirement: 'mlflow==3.17.0', needs: 'pip', megabytes: 850 },
} as const;
const LAST_LINES = 8;

/** Sets up an environment for a program, once, in the user's cache folder. @returns its Python @throws ProblemError, the signal's reason */
export async function environmentFor(program: keyof typeof PACKAGES, place: Place): Promise<string> {
  const { requirement } = PACKAGES[program];
  const dir = cacheFolder('ui', requirement.replace('==', '-'));
  const python = join(dir, 'bin', 'python');
  if (await isThere(join(dir, 'finished'))) return python;
  const lock = await waitForLock(`${dir}.lock`, {
    signal: place.stop,
    onWaiting: (holder) => place.say(`Waiting for ${describeHolder(holder)}, which sets up ${program}.`),
    isNeeded: async () => !(await isThere(join(dir, 'finished'))),
  });
  place.stop.throwIfAborted();
  if (lock === undefined) return python;
  try {
    await install(program, dir, place);
    await writeFile(join(dir, 'finished'), `${requirement}\n`);
    return python;
  } catch (error) {
    // What is there by half would only confuse.
    await rm(dir, { recursive: true, force: true });
    throw error;
  } finally {
    await lock.release();
  }
}

async function install(program: keyof typeof PACKAGES, dir: string, { say, env, stop }: Place): Promise<void> {
  const { requirement, needs, megabytes } = PACKAGES[program];
  say(`There is no working ${program} in PATH: ${requirement} is set up in ${dir} (about ${megabytes} MB, once).`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const options = {
    reject: false,
    stdin: 'ignore',
    all: true,
    env: { ...env },
    extendEnv: false,
    cancelSignal: stop,
  } as const;
  const steps = [
    [env['PYTHON'] || 'python3', '-m', 'venv', dir],
    [join(dir, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement, needs],
    [join(dir, 'bin', 'python'), '-c', `import ${program}`],
  ] as const;
  for (const [file, ...args] of steps) {
    const { exitCode, all, code } = await execa(file, args, options);
    stop.throwIfAborted();
    if (exitCode !== 0)
      throw new ProblemError(failed(program, requirement, code === 'ENOENT' ? `There is no ${file} in PATH.` : all));
  }
}

function failed(program: string, requirement: string, said: string) {
  const lines = said.trim().split('\n').slice(-LAST_LINES);
  return {
    code: 'no-program',
    message: `${requirement} could not be set up:${lines.map((line) => `\n    ${line}`).join('')}`,
    cure: `Install it where you like (pip install ${program}) and have it in PATH, or name a Python that has it: RUNNER_UI_PYTHON=/path/to/python.`,
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
