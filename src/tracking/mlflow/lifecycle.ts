import type { RunEndedRecord, RunRecord, RunStartedRecord } from '../../registry/kinds/record.js';

/** The status of MLflow for each end. */
export const STATUS = {
  finished: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
  crashed: 'FAILED',
} as const satisfies Record<RunEndedRecord['value']['status'], string>;

/** The last that records tell of the run as a whole: that a process works on it, or how that ended. */
export function lastWord(records: readonly RunRecord[]): RunStartedRecord | RunEndedRecord | undefined {
  return records.findLast((record) => record.kind === 'run-started' || record.kind === 'run-ended');
}
