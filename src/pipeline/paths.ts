import { join } from 'node:path';

/** Where a run's own files lie; see "Where things lie" in docs/architecture.md. */
export const runFile = {
  config: (runDir: string) => join(runDir, 'config.yaml'),
  environment: (runDir: string) => join(runDir, 'environment.json'),
  journal: (runDir: string) => join(runDir, 'journal.jsonl'),
  /** What the process that works on the run does now: see {@link RunProgressFile}. */
  progress: (runDir: string) => join(runDir, 'progress.json'),
  lock: (runDir: string) => join(runDir, 'lock'),
  /** What each tracker has had of the journal, a file a tracker. */
  tracking: (runDir: string) => join(runDir, 'tracking'),
  stage: (runDir: string, stage: string) => join(runDir, stage),
} as const;

/** Names in a run's folder that no stage may take. */
export const reservedNames: readonly string[] = ['lock', 'tensorboard', 'tracking'];

/** The folder of everything that shared stages have made. */
export function storeRoot(runsRoot: string): string {
  return join(runsRoot, '.store');
}

/** The folder of everything that shared stages of one type have made. */
export function storeOf(runsRoot: string, type: string): string {
  return join(storeRoot(runsRoot), type.replaceAll(/[^\w-]/g, '_'));
}
