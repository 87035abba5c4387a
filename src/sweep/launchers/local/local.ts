import { availableParallelism } from 'node:os';
import { sharedCards } from '../../../support/shared-cards.js';
import type { Launcher, LauncherComponent, LauncherSite } from '../../../registry/kinds/launcher.js';
import { oneByOne } from '../one-by-one.js';
import { isAlive, LocalTrials } from './local-trials.js';

/** Checking a process is cheap. */
const INTERVAL_MS = 100;

/** Runs trials as processes of this machine, which end with the sweep. */
export const local: LauncherComponent<Record<string, never>> = {
  summary: 'processes on this machine',
  details:
    'Each trial is a process. Processor cores are divided among the `jobs` that run at a time (TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS and OMP_NUM_THREADS are set, unless they are already), as are graphics cards where the engine is for GPUs: each trial gets one (RUNNER_DEVICE), unless engine.device or RUNNER_DEVICE chooses for all; CUDA_VISIBLE_DEVICES says which cards there are. The default of `jobs` is the number of graphics cards, or one.',
  schema: { properties: {} },
  create: (_, site) => localLauncher(site),
};

/** @param cards how many graphics cards the trials share */
export function localLauncher(site: LauncherSite, cards: number = sharedCards(site.env)): Launcher {
  const capacity = site.jobs ?? Math.max(1, cards);
  const cores = Math.max(1, Math.floor(availableParallelism() / capacity));
  const trials = new LocalTrials(site, { capacity, cores, cards });
  return {
    capacity,
    detached: false,
    interval: INTERVAL_MS,
    submit: (batch) => oneByOne(batch.trials, (trial) => trials.start(trial, batch.command)),
    watch: (handles) =>
      Promise.resolve(new Map(handles.map((handle) => [handle, isAlive(handle) ? 'running' : 'gone'] as const))),
    cancel: (handles) => {
      for (const handle of handles) trials.stop(handle);
      return Promise.resolve();
    },
  };
}
