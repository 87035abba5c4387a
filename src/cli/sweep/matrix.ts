import { stringify } from 'yaml';
import type { OpenSweep } from '../../sweep/freeze.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import type { Problem } from '../../support/problem.js';

/** Maximum number of jobs in a matrix. */
const MOST = { github: 256, gitlab: 200 } as const;

/** The trials as parallel CI jobs: JSON for GitHub's `strategy.matrix`, YAML for GitLab's `parallel`. */
export function printMatrix({ sweep }: OpenSweep, ci: 'github' | 'gitlab', io: Io): ExitCode {
  const { trials } = sweep;
  if (trials.length > MOST[ci]) {
    printProblems([tooMany(trials.length, ci)], io);
    return 2;
  }
  if (ci === 'github') {
    const include = trials.map(({ id, label }) => ({ trial: id, name: label }));
    io.stdout.write(`${JSON.stringify({ include })}\n`);
  } else {
    io.stdout.write(stringify({ parallel: { matrix: [{ TRIAL: trials.map(({ id }) => String(id)) }] } }));
  }
  return 0;
}

const tooMany = (count: number, ci: 'github' | 'gitlab'): Problem => ({
  code: 'too-many-trials',
  message: `These are ${count} trials, and a matrix of ${ci === 'github' ? 'GitHub' : 'GitLab'} allows at most ${MOST[ci]} jobs.`,
  cure: 'Vary fewer values, or let each job run several trials with `--trial K`.',
});
