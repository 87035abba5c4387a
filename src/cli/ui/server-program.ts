import { execa } from 'execa';
import { ProblemError } from '../../support/problem.js';
import { environmentFor } from './server-environment.js';
import type { PagePlace } from './ui-page.js';

export type ServerProgram = 'tensorboard' | 'mlflow';
export type Command = readonly [file: string, ...args: string[]];

/** The program's module for `python -m`. */
const MODULES = { tensorboard: 'tensorboard.main', mlflow: 'mlflow' } as const;

/**
 * The command of a program: with RUNNER_UI_PYTHON if set; else from PATH, if it works; else from an environment that is set up in the user's
 * cache folder.
 */
export async function programFor(program: ServerProgram, place: PagePlace): Promise<Command> {
  const { env, stop } = place;
  const python = env['RUNNER_UI_PYTHON'];
  if (python) {
    const command = [python, '-m', MODULES[program]] as const;
    if (await works(command, env, stop)) return command;
    throw new ProblemError({
      code: 'no-program',
      message: `RUNNER_UI_PYTHON is ${python}, which cannot run ${program}.`,
      cure: `${python} -m pip install ${program}; or unset RUNNER_UI_PYTHON, and one is set up.`,
    });
  }
  if (await works([program], env, stop)) return [program];
  return [await environmentFor(program, place), '-m', MODULES[program]];
}

/** @throws the signal's reason */
async function works([file, ...args]: Command, env: PagePlace['env'], stop: AbortSignal): Promise<boolean> {
  const { exitCode } = await execa(file, [...args, '--version'], {
    reject: false,
    timeout: 60_000,
    stdin: 'ignore',
    env: { ...env },
    extendEnv: false,
    cancelSignal: stop,
  });
  stop.throwIfAborted();
  return exitCode === 0;
}
