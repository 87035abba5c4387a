import type { RunEndedRecord, RunRecord, RunStartedRecord } from '../../registry/kinds/record.js';

/** MLflow's status for each way a run ends. */
export const STATUS = {
  finished: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
  crashed: 'FAILED',
} as const satisfies Record<RunEndedRecord['value']['status'], string>;

/** The last record about the run as a whole: a process started, or the run ended. */
export function lastLifecycleRecord(records: readonly RunRecord[]): RunStartedRecord | RunEndedRecord | undefined {
  return records.findLast((record) => record.kind === 'run-started' || record.kind === 'run-ended');
}
