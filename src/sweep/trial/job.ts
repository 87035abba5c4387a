import { rm } from 'node:fs/promises';
import { writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';
import { trialFile } from '../sweep-files.js';
import { readJson } from '../frozen.js';

/** The launcher's job for a trial, so that a later command can watch it. It does not record how the trial ended. */
export interface Job {
  /** The launcher's name, and its handle for the trial. */
  readonly launcher: string;
  readonly handle: string;
  /** ISO times. */
  readonly submitted: string;
  /** When it was cancelled. */
  readonly cancelled?: string;
}

export async function readJob(sweepDir: string, trial: number): Promise<Job | undefined> {
  const job = await readJson(trialFile.job(sweepDir, trial));
  const isJob = isJsonObject(job) && typeof job['launcher'] === 'string' && typeof job['handle'] === 'string';
  return isJob ? (job as unknown as Job) : undefined;
}

export async function writeJob(sweepDir: string, trial: number, job: Job): Promise<void> {
  await writeFileAtomic(trialFile.job(sweepDir, trial), `${JSON.stringify(job)}\n`);
}

/** Removes the job of a trial. @param isCancelled whether the table shows the trial as cancelled until it is submitted again */
export async function endJob(sweepDir: string, trial: number, isCancelled: boolean): Promise<void> {
  const job = isCancelled ? await readJob(sweepDir, trial) : undefined;
  if (job === undefined) await rm(trialFile.job(sweepDir, trial), { force: true });
  else await writeJob(sweepDir, trial, { ...job, cancelled: new Date().toISOString() });
}
