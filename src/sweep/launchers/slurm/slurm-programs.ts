import { execa } from 'execa';
import type { LauncherSite } from '../../../registry/kinds/launcher.js';
import { ProblemError, type Problem } from '../../../support/problem.js';

/** Temporary failures: the controller is down or busy. */
const TRANSIENT =
  /contact slurm controller|connection refused|connection timed out|socket timed out|temporarily|slurm backup controller/i;

/** One of Slurm's programs refuses a request. */
export class SlurmRefusal extends ProblemError {
  /** @param output by the program */
  constructor(
    program: string,
    readonly output: string,
  ) {
    super(refused(program, output));
  }
}

/**
 * Runs one of Slurm's programs. @returns its output
 *
 * @throws ProblemError if it is missing; SlurmRefusal if it refuses; Error if the controller does not respond
 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env }: Pick<LauncherSite, 'cwd' | 'env'>,
  input = '',
): Promise<string> {
  const options = { cwd, env, extendEnv: false, input, reject: false, timeout: 60_000 } as const;
  const { stdout, stderr, exitCode, code, timedOut } = await execa(program, args, options);
  if (code === 'ENOENT') throw new ProblemError(missing(program));
  if (exitCode === 0) return stdout;
  const output = stderr.trim().replaceAll(/^\w+: (error: )?/gm, '') || `exit code ${exitCode ?? 'unknown'}`;
  if (timedOut || TRANSIENT.test(stderr)) throw new Error(`${program}: ${timedOut ? 'no response' : output}`);
  throw new SlurmRefusal(program, output);
}

const missing = (program: string): Problem => ({
  code: 'no-slurm',
  message: `The launcher slurm needs ${program}, which is not installed here.`,
  cure: 'Run the command on a machine with `sbatch` (a login node), or use another launcher: --launcher local.',
});

const refused = (program: string, output: string): Problem => ({
  code: 'slurm-refused',
  message: `${program} refused: ${output}`,
  cure: 'Check `launcher` in the config; its options: `runner explain launcher.slurm`.',
});
