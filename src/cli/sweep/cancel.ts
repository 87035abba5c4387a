import { resolve } from 'node:path';
import { findSweep } from '../../sweep/find-sweep.js';
import { endJob, readJob } from '../../sweep/trial/job.js';
import { readTrial } from '../../sweep/trial/trial-record.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import { componentsOf } from './sweep-components.js';
import { launcherOf } from './choose-launcher.js';

/** `runner sweep cancel`: asks every submitted trial that has not ended to save and exit. */
export async function cancelSweep(name: string | undefined, options: { runs: string }, io: Io): Promise<ExitCode> {
  const found = await findSweep(name, resolve(io.cwd, options.runs), io.cwd);
  if (!found.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const { dir, sweep } = found.value;
  const handles = new Map<string, string[]>();
  const asked: number[] = [];
  for (const { id } of sweep.trials) {
    const job = await readJob(dir, id);
    if (job === undefined || job.cancelled !== undefined) continue;
    // Done, but the command that watched it was killed.
    if ((await readTrial(dir, id))?.status === 'done') continue;
    asked.push(id);
    handles.set(job.launcher, [...(handles.get(job.launcher) ?? []), job.handle]);
  }
  const { components } = await componentsOf(found.value, io);
  for (const [type, own] of handles) {
    const note = (_: unknown, text: string) => io.stdout.write(`${text}\n`);
    const launcher = launcherOf(type, found.value, { components, note, io });
    await launcher.cancel(own);
    await launcher.close?.();
  }
  // A command that watches them records the same.
  for (const id of asked) await endJob(dir, id, true);
  io.stdout.write(
    asked.length === 0
      ? `No trial of ${sweep.name} is queued or running.\n`
      : `${asked.length} trial${asked.length === 1 ? ' of' : 's of'} ${sweep.name} ${asked.length === 1 ? 'was' : 'were'} asked to stop.\n`,
  );
  return 0;
}
