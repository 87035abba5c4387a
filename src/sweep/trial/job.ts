import { rm } from 'node:fs/promises';
import { writeFileAtomic } from '../../support/files.js';
import { isJsonObject } from '../../support/json.js';
import { trialFile } from '../sweep-files.js';
import { readJson } from '../frozen.js';

/** Who a trial was handed over to, for the command that watches it next. It says nothing of how the trial ended. */
export interface Job {
  /** The launcher's name, and what it calls the trial. */
  readonly launcher: string;
  readonly handle: string;
  /** ISO times. */
  readonly submitted: string;
  /** Since when nothing comes of it, because somebody asked it to stop. */
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

/** Nobody has the trial any more. @param isCancelled whether the table should say so until it is handed over again */
export async function endJob(sweepDir: string, trial: number, isCancelled: boolean): Promise<void> {
  const job = isCancelled ? await readJob(sweepDir, trial) : undefined;
  if (job === undefined) await rm(trialFile.job(sweepDir, trial), { force: true });
  else await writeJob(sweepDir, trial, { ...job, cancelled: new Date().toISOString() });
}
