import type { TrialState } from './summary/sweep-summary.js';
import { isAtWork } from './trial/heartbeat.js';
import { readJob } from './trial/job.js';
import type { TrialRecord } from './trial/trial-record.js';

/** How a trial is, by its record and whether somebody is at it. @param record as it was read just now */
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
