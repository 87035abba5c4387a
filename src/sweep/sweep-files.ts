import { join } from 'node:path';

/** The folder of all sweeps, beside the runs. It is no run's: no config lies in it. */
export function sweepsRoot(runsRoot: string): string {
  return join(runsRoot, 'sweeps');
}

/** Where a sweep's own files lie; see "Results" in docs/sweeps.md. */
export const sweepFile = {
  /** What is to be done: frozen when the sweep begins. */
  frozen: (dir: string) => join(dir, 'sweep.json'),
  lock: (dir: string) => join(dir, 'lock'),
  /** Which trials successive halving has gone on with. */
  halving: (dir: string) => join(dir, 'halving.json'),
  /** The run on an MLflow server that trials are shown under. */
  mlflow: (dir: string) => join(dir, 'mlflow.json'),
  table: (dir: string) => join(dir, 'sweep.csv'),
  page: (dir: string) => join(dir, 'index.html'),
  markdown: (dir: string) => join(dir, 'summary.md'),
} as const;

/** Where a trial's own files lie, beside its run's. */
export const trialFile = {
  dir: (sweepDir: string, trial: number | string) => join(sweepDir, 'trials', String(trial)),
  config: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'config.json'),
  record: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'trial.json'),
  /** What it is doing just now; touched while it lives. */
  progress: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'progress.json'),
  /** Who it was handed over to. */
  job: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'job.json'),
  lock: (sweepDir: string, trial: number) => join(trialFile.dir(sweepDir, trial), 'lock'),
  log: (sweepDir: string, trial: number | string) => join(trialFile.dir(sweepDir, trial), 'log.txt'),
} as const;
