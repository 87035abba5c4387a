import { join } from 'node:path';

/** Paths of a run's own files; see "Where things lie" in docs/architecture.md. */
export const runFile = {
  config: (runDir: string) => join(runDir, 'config.yaml'),
  environment: (runDir: string) => join(runDir, 'environment.json'),
  journal: (runDir: string) => join(runDir, 'journal.jsonl'),
  /** The current progress of the process that works on the run: see {@link RunProgressFile}. */
  progress: (runDir: string) => join(runDir, 'progress.json'),
  /** The report about the run, which can be made again from all other files. */
  report: (runDir: string) => join(runDir, 'report.html'),
  lock: (runDir: string) => join(runDir, 'lock'),
  /** How far each tracker has received the journal: a file per tracker. */
  tracking: (runDir: string) => join(runDir, 'tracking'),
  stage: (runDir: string, stage: string) => join(runDir, stage),
} as const;

/** Names in a run's folder that no stage may have. */
export const reservedNames: readonly string[] = ['lock', 'tensorboard', 'tracking'];

/** The folder of the results of all shared stages. */
export function storeRoot(runsRoot: string): string {
  return join(runsRoot, '.store');
}

/** The folder of the results of shared stages of one type. */
export function storeOf(runsRoot: string, type: string): string {
  return join(storeRoot(runsRoot), type.replaceAll(/[^\w-]/g, '_'));
}
