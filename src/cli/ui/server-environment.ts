import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../support/cache-folder.js';
import { ignoring } from '../../support/ignored-signals.js';
import { describeHolder } from '../../support/lock.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { waitForLock } from '../../support/wait-for-lock.js';
import { DOWNLOADS, installProgress } from './install-progress.js';
import type { PagePlace } from './ui-page.js';

/** Packages to install, in separate environments, because their dependencies conflict. */
const PACKAGES = {
  tensorboard: { requirement: 'tensorboard==2.20.0', needs: 'setuptools<81', megabytes: 180 },
  mlflow: { requirement: 'mlflow==3.17.0', needs: 'pip', megabytes: 850 },
} as const;
const LAST_LINES = 8;
const TOLD_EVERY_MS = 10_000;
const INSTALL_PYTHON =
  'Install Python 3 with venv (Debian, Ubuntu: apt-get install python3-venv; Fedora: dnf install python3)';

/** Sets up an environment for a program, once, in the user's cache folder. @returns its Python @throws ProblemError, the signal's reason */
export async function environmentFor(program: keyof typeof PACKAGES, place: PagePlace): Promise<string> {
  const { requirement } = PACKAGES[program];
  const dir = environmentOf(program);
  const python = pythonOf(program);
  if (await isWhole(dir)) return python;
  const lock = await waitForLock(`${dir}.lock`, {
    signal: place.stop,
    onWaiting: (holder) => place.say(`Waiting for ${describeHolder(holder)}, which sets up ${program}.`),
    isNeeded: async () => !(await isWhole(dir)),
  });
  place.stop.throwIfAborted();
  if (lock === undefined) return python;
  try {
    await install(program, dir, place);
    await writeFile(join(dir, 'finished'), `${requirement}\n`);
    return python;
  } catch (error) {
    // Remove the incomplete environment.
    await rm(dir, { recursive: true, force: true });
    throw error;
  } finally {
    await lock.release();
  }
}

/** The Python of a program's environment, whether or not it exists. */
export function pythonOf(program: keyof typeof PACKAGES): string {
  return join(environmentOf(program), 'bin', 'python');
}

function environmentOf(program: keyof typeof PACKAGES): string {
  return cacheFolder('ui', PACKAGES[program].requirement.replace('==', '-'));
}

async function install(program: keyof typeof PACKAGES, dir: string, { say, env, stop }: PagePlace): Promise<void> {
  const { requirement, needs, megabytes } = PACKAGES[program];
  say(`There is no working ${program} in PATH: ${requirement} is set up in ${dir} (about ${megabytes} MB, once).`);
  await rm(dir, { recursive: true, force: true });
  const downloads = join(dir, DOWNLOADS);
  await mkdir(downloads, { recursive: true });
  const options = {
    reject: false,
    stdin: 'ignore',
    all: true,
    // The progress counts pip's downloads there, independent of TMPDIR.
    env: { ...env, TMPDIR: downloads },
    extendEnv: false,
    cancelSignal: stop,
  } as const;
  const python = env['PYTHON'] || 'python3';
  const own = pythonOf(program);
  const pip = [own, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement, needs] as const;
  const steps = [
    { command: [python, '-m', 'venv', dir], cure: INSTALL_PYTHON },
    { command: pip, cure: `Install it where you like (pip install ${program}) and have it in PATH` },
    { command: [own, '-c', `import ${program}`], cure: `Install another version (pip install ${program})` },
  ] as const;
  const started = performance.now();
  const tell = async () => say(await installProgress(dir, megabytes * 1e6, (performance.now() - started) / 1000));
  const working = setInterval(() => void tell(), TOLD_EVERY_MS);
  try {
    for (const { command, cure } of steps) {
      const [file, ...args] = ignoring(command);
      const { exitCode, all, code } = await execa(file, args, options);
      stop.throwIfAborted();
      const said = code === 'ENOENT' ? `There is no ${file} in PATH.` : all;
      if (exitCode !== 0) throw new ProblemError(failed(program, said, cure));
    }
  } finally {
    await rm(downloads, { recursive: true, force: true });
    clearInterval(working);
  }
}

function failed(program: keyof typeof PACKAGES, said: string, cure: string): Problem {
  const lines = said.trim().split('\n').slice(-LAST_LINES);
  const without = program === 'mlflow' ? ' `runner ui --no-mlflow` does without.' : '';
  return {
    code: 'no-program',
    message: `${PACKAGES[program].requirement} could not be set up:${lines.map((line) => `\n    ${line}`).join('')}`,
    cure: `${cure}, or name a Python that has ${program}: RUNNER_UI_PYTHON=/path/to/python.${without}`,
  };
}

/** Checks its Python too: it is a link to the system's, which an update may remove. */
function isWhole(dir: string): Promise<boolean> {
  return Promise.all([access(join(dir, 'finished')), access(join(dir, 'bin', 'python'))]).then(
    () => true,
    () => false,
  );
}
