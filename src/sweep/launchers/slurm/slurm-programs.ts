import { execa } from 'execa';
import type { LauncherSite } from '../../../registry/kinds/launcher.js';
import { ProblemError, type Problem } from '../../../support/problem.js';

/** What passes by itself: the controller is down, or busy. */
const PASSING =
  /contact slurm controller|connection refused|connection timed out|socket timed out|temporarily|slurm backup controller/i;

/** One of Slurm's programs does not do what it was asked for. */
export class SlurmRefusal extends ProblemError {
  /** @param said by the program */
  constructor(
    program: string,
    readonly said: string,
  ) {
    super(refused(program, said));
  }
}

/**
 * Runs one of Slurm's programs. @returns what it prints
 *
 * @throws ProblemError where it is missing, SlurmRefusal where it says no; Error where it gets no answer
 */
export async function run(
  program: string,
  words: readonly string[],
  { cwd, env }: Pick<LauncherSite, 'cwd' | 'env'>,
  input = '',
): Promise<string> {
  const options = { cwd, env, extendEnv: false, input, reject: false, timeout: 60_000 } as const;
  const { stdout, stderr, exitCode, code, timedOut } = await execa(program, words, options);
  if (code === 'ENOENT') throw new ProblemError(missing(program));
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replaceAll(/^\w+: (error: )?/gm, '') || `exit code ${exitCode ?? 'unknown'}`;
  if (timedOut || PASSING.test(stderr)) throw new Error(`${program}: ${timedOut ? 'no answer' : said}`);
  throw new SlurmRefusal(program, said);
}

const missing = (program: string): Problem => ({
  code: 'no-slurm',
  message: `The launcher slurm needs ${program}, which is not here.`,
  cure: 'Type the command where `sbatch` is (a login node), or take another launcher: --launcher local.',
});

const refused = (program: string, said: string): Problem => ({
  code: 'slurm-refused',
  message: `${program} says no: ${said}`,
  cure: 'See launcher in the config: `runner explain launcher.slurm` tells its options.',
});
