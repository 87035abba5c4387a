import { availableParallelism } from 'node:os';
import type { Launcher, LauncherComponent, LauncherSite } from '../../../registry/kinds/launcher.js';
import { oneByOne } from '../one-by-one.js';
import { graphicsCards } from './graphics-cards.js';
import { isThere, LocalTrials } from './local-trials.js';

/** Processes are cheap to look at. */
const INTERVAL_MS = 100;

/** Trials as processes of this machine. They end with the sweep. */
export const local: LauncherComponent<Record<string, never>> = {
  summary: 'processes on this machine',
  details:
    'Each trial is a process. Processor cores are divided among the `jobs` that there may be at a time (TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS and OMP_NUM_THREADS are set, unless they are already), graphics cards too (CUDA_VISIBLE_DEVICES). Without `jobs`, there are as many as graphics cards, or one.',
  schema: { properties: {} },
  create: (_, site) => localLauncher(site),
};

function localLauncher(site: LauncherSite): Launcher {
  const cards = graphicsCards(site.env);
  const capacity = site.jobs ?? Math.max(1, cards.length);
  const cores = Math.max(1, Math.floor(availableParallelism() / capacity));
  const trials = new LocalTrials(site, { capacity, cores, cards });
  return {
    capacity,
    detached: false,
    interval: INTERVAL_MS,
    submit: (batch) => oneByOne(batch.trials, (trial) => trials.start(trial, batch.command)),
    watch: (handles) =>
      Promise.resolve(new Map(handles.map((handle) => [handle, isThere(handle) ? 'running' : 'gone'] as const))),
    cancel: (handles) => {
      for (const handle of handles) trials.stop(handle);
      return Promise.resolve();
    },
  };
}
