import type { TrialState } from './summary/sweep-summary.js';
import { isAtWork } from './trial/heartbeat.js';
import { readJob } from './trial/job.js';
import type { TrialRecord } from './trial/trial-record.js';

/** The state of a trial, from its record and whether a process runs it. @param record as just read */
export async function stateOf(sweepDir: string, trial: number, record: TrialRecord | undefined): Promise<TrialState> {
  switch (record?.status) {
    case 'done':
    case 'failed':
      return record.status;
    case 'running':
      return (await isAtWork(sweepDir, trial)) ? 'running' : 'crashed';
    default: {
      const job = await readJob(sweepDir, trial);
      if (job?.cancelled !== undefined) return 'cancelled';
      if (record?.status === 'paused') return 'paused';
      return record?.status === 'interrupted' ? 'stopped' : 'queued';
    }
  }
}
