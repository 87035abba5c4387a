import { join } from 'node:path';

/** The folder of all sweeps, next to the runs. It has no config, so it is not listed as a run. */
export function sweepsRoot(runsRoot: string): string {
  return join(runsRoot, 'sweeps');
}

/** Paths of a sweep's files; see "Results" in docs/sweeps.md. */
export const sweepFile = {
  /** The frozen trials. */
  frozen: (dir: string) => join(dir, 'sweep.json'),
  lock: (dir: string) => join(dir, 'lock'),
  /** The choices of successive halving. */
  halving: (dir: string) => join(dir, 'halving.json'),
  /** The parent run of the trials on an MLflow server. */
  mlflow: (dir: string) => join(dir, 'mlflow.json'),
  table: (dir: string) => join(dir, 'sweep.csv'),
  page: (dir: string) => join(dir, 'index.html'),
  markdown: (dir: string) => join(dir, 'summary.md'),
} as const;

/** Paths of a trial's files, apart from those of its run. */
export const trialFile = {
  dir: (sweepDir: string, trial: number | string) => join(sweepDir, 'trials', String(trial)),
  config: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'config.json'),
  record: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'trial.json'),
  /** Its current progress; rewritten while its process lives. */
  progress: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'progress.json'),
  /** The launcher's job for it. */
  job: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'job.json'),
  lock: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'lock'),
  log: (sweepDir: string, trial: number | string) => join(trialFile.dir(sweepDir, trial), 'log.txt'),
} as const;
