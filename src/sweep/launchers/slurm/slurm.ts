import type { Launcher, LauncherComponent, LauncherSite } from '../../../registry/kinds/launcher.js';
import { type SlurmOptions, SCHEMA } from './slurm-options.js';
import { run } from './slurm-programs.js';
import { arrayOf, jobsOf, type QueuedJob } from './queue.js';
import { ARRAY_SIZE, firstArray, jobScript, sbatchWords } from './script.js';

/** Trials as job arrays of a Slurm cluster. */
export const slurm: LauncherComponent<SlurmOptions> = {
  summary: 'job arrays of a Slurm cluster',
  details:
    'The command is typed where `sbatch` is; this program, the config’s images and the folder of runs lie on a file system that all nodes see. `jobs` is the array’s throttle. Trials go on when the command ends, and the same command watches them again; `runner sweep cancel` stops them. A trial that is preempted, or whose time is up, saves and goes on when Slurm starts it again.',
  schema: SCHEMA,
  create: (options, site) => slurmLauncher(options, site),
};

function slurmLauncher(options: SlurmOptions, site: LauncherSite): Launcher {
  const told = new Set<string>();
  return {
    capacity: ARRAY_SIZE,
    batches: true,
    detached: true,
    interval: 2000,
    submit: async ({ trials, command }) => {
      const array = firstArray(trials);
      const words = sbatchWords(array, options, site);
      const printed = await run('sbatch', words, site, jobScript(array, command, options, site));
      const job = /^\d+/.exec(printed.trim())?.[0];
      if (job === undefined) throw new Error(`sbatch answered "${printed.trim()}"`);
      return new Map(array.trials.map((trial) => [trial, `${job}_${trial - array.base}`] as const));
    },
    watch: async (handles) => {
      const jobs = await jobsOf(handles, site);
      for (const job of jobs.values()) tellHopeless(job, told, site);
      // Of an array that is known, a job that is not was taken off the queue.
      const known = new Set([...jobs.keys()].map(arrayOf));
      const absent = (handle: string) => (known.has(arrayOf(handle)) ? 'gone' : 'lost');
      return new Map(handles.map((handle) => [handle, jobs.get(handle)?.state ?? absent(handle)] as const));
    },
    cancel: async (handles) => {
      if (handles.length > 0) await run('scancel', [...handles], site);
    },
  };
}

/** Reasons that pass by no waiting; each is told once. */
const HOPELESS =
  /^(PartitionConfig|PartitionTimeLimit|BadConstraints|AccountNotAllowed|InvalidQOS|InvalidAccount|.*Limit$|ReqNodeNotAvail)/;

function tellHopeless({ handle, state, reason }: QueuedJob, told: Set<string>, site: LauncherSite): void {
  if (state !== 'queued' || reason === 'JobArrayTaskLimit' || !HOPELESS.test(reason) || told.has(reason)) return;
  told.add(reason);
  site.note(
    'warning',
    `Slurm keeps job ${handle} waiting because of ${reason}: see whether launcher’s options fit the cluster.`,
  );
}
