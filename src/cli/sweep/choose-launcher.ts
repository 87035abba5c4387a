import type { Launcher, LauncherSite } from '../../registry/kinds/launcher.js';
import type { Components } from '../../registry/kinds.js';
import { make } from '../../registry/make.js';
import { trialFile } from '../../sweep/sweep-files.js';
import type { OpenSweep } from '../../sweep/freeze.js';
import type { Io } from '../io.js';

/**
 * The launcher of that name, with the sweep's options if it is the sweep's launcher. The launcher is not frozen: a sweep may resume elsewhere.
 *
 * @throws ProblemError if there is none of that name
 */
export function launcherOf(
  type: string,
  { dir, sweep }: OpenSweep,
  { components, jobs, note, io }: { components: Components; jobs?: number; note: LauncherSite['note']; io: Io },
): Launcher {
  const section = type === sweep.launcher.type ? sweep.launcher : { type };
  return make(components.launcher, section, {
    sweep: sweep.name,
    dir,
    jobs: jobs ?? sweep.launcher.jobs,
    cwd: io.cwd,
    env: io.env,
    logOf: (trial) => trialFile.log(dir, trial),
    note,
  });
}
