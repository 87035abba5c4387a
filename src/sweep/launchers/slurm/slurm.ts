import type { Launcher, LauncherComponent, LauncherSite } from '../../../registry/kinds/launcher.js';
import { type SlurmOptions, SCHEMA } from './slurm-options.js';
import { run } from './slurm-programs.js';
import { arrayOf, jobsOf, type QueuedJob } from './queue.js';
import { ARRAY_SIZE, firstArray, jobScript, sbatchArgs } from './script.js';

/** Runs trials as job arrays of a Slurm cluster. */
export const slurm: LauncherComponent<SlurmOptions> = {
  summary: 'job arrays of a Slurm cluster',
  details:
    'Run the command on a machine with `sbatch`; this program, the config’s images and the runs folder must be on a file system that all nodes share. `jobs` is the array’s throttle. Trials continue when the command ends, and the same command watches them again; `runner sweep cancel` stops them. A trial that is preempted, or reaches its time limit, saves and resumes when Slurm starts it again.',
  schema: SCHEMA,
  create: (options, site) => slurmLauncher(options, site),
};

function slurmLauncher(options: SlurmOptions, site: LauncherSite): Launcher {
  const reported = new Set<string>();
  return {
    capacity: ARRAY_SIZE,
    batches: true,
    detached: true,
    interval: 2000,
    submit: async ({ trials, command }) => {
      const array = firstArray(trials);
      const args = sbatchArgs(array, options, site);
      const printed = await run('sbatch', args, site, jobScript(array, command, options, site));
      const job = /^\d+/.exec(printed.trim())?.[0];
      if (job === undefined) throw new Error(`sbatch printed no job number: "${printed.trim()}"`);
      return new Map(array.trials.map((trial) => [trial, `${job}_${trial - array.base}`] as const));
    },
    watch: async (handles) => {
      const jobs = await jobsOf(handles, site);
      for (const job of jobs.values()) warnPermanent(job, reported, site);
      // If Slurm knows the array but not the job, the job was removed from the queue.
      const known = new Set([...jobs.keys()].map(arrayOf));
      const absent = (handle: string) => (known.has(arrayOf(handle)) ? 'gone' : 'lost');
      return new Map(handles.map((handle) => [handle, jobs.get(handle)?.state ?? absent(handle)] as const));
    },
    cancel: async (handles) => {
      if (handles.length > 0) await run('scancel', [...handles], site);
    },
  };
}

/** Reasons that waiting does not resolve; each is reported once. */
const PERMANENT =
  /^(PartitionConfig|PartitionTimeLimit|BadConstraints|AccountNotAllowed|InvalidQOS|InvalidAccount|.*Limit$|ReqNodeNotAvail)/;

function warnPermanent({ handle, state, reason }: QueuedJob, reported: Set<string>, site: LauncherSite): void {
  if (state !== 'queued' || reason === 'JobArrayTaskLimit' || !PERMANENT.test(reason) || reported.has(reason)) return;
  reported.add(reason);
  site.note(
    'warning',
    `Slurm does not start job ${handle} because of ${reason}: check the launcher’s options against the cluster.`,
  );
}
