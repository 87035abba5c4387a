import type { JobState, LauncherSite } from '../../../registry/kinds/launcher.js';
import { run, SlurmRefusal } from './slurm-programs.js';

export interface QueuedJob {
  readonly handle: string;
  readonly state: JobState;
  /** Why it is queued. */
  readonly reason: string;
}

const QUEUED = ['PENDING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'SPECIAL_EXIT', 'RESV_DEL_HOLD'];
const RUNNING = ['RUNNING', 'COMPLETING', 'CONFIGURING', 'STOPPED', 'SUSPENDED', 'SIGNALING', 'STAGE_OUT', 'RESIZING'];

/** The jobs in Slurm's queue, by handle; forgotten jobs are missing. */
export async function jobsOf(handles: readonly string[], site: LauncherSite): Promise<Map<string, QueuedJob>> {
  const ids = [...new Set(handles.map(arrayOf))];
  const jobs = new Map<string, QueuedJob>();
  for (const line of (await squeue(ids, site)).split('\n')) {
    const [handle, code, reason = ''] = line.trim().split('|');
    if (handle === undefined || code === undefined) continue;
    const state = QUEUED.includes(code) ? 'queued' : RUNNING.includes(code) ? 'running' : 'gone';
    jobs.set(handle, { handle, state, reason });
  }
  return jobs;
}

/** The job array of a handle. */
export function arrayOf(handle: string): string {
  return handle.split('_')[0]!;
}

async function squeue(ids: readonly string[], site: LauncherSite): Promise<string> {
  if (ids.length === 0) return '';
  try {
    return await run('squeue', ['-r', '-h', '-t', 'all', '-j', ids.join(','), '-o', '%i|%T|%r'], site);
  } catch (error) {
    // Slurm has forgotten all of them.
    if (error instanceof SlurmRefusal && /Invalid job id specified/.test(error.output)) return '';
    throw error;
  }
}
