import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../support/files.js';
import { ProblemError } from '../support/problem.js';
import { sweepsRoot, trialFile } from './sweep-files.js';
import { readTrial } from './trial/trial-record.js';

/**
 * Copies runs and trial records from another runs folder, such as the artifacts of a CI job. Existing files stay, except those of a trial that is
 * done only there.
 *
 * @param other absolute, such as `artifacts/trial-3/runs` @param runsRoot absolute
 */
export async function importRuns(other: string, runsRoot: string): Promise<void> {
  const names = await readdir(other).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new ProblemError({ code: 'missing-folder', message: `--add: there is no folder ${other}.` });
  });
  for (const name of names.filter((each) => !each.startsWith('.') && each !== 'sweeps')) {
    await cp(join(other, name), join(runsRoot, name), { recursive: true, force: false });
  }
  for (const sweep of await subfolders(sweepsRoot(other))) {
    const [from, to] = [join(sweepsRoot(other), sweep), join(sweepsRoot(runsRoot), sweep)];
    for (const trial of await subfolders(join(from, 'trials'))) {
      const [imported, existing] = [await readTrial(from, Number(trial)), await readTrial(to, Number(trial))];
      const isFurther = imported?.status === 'done' && existing?.status !== 'done';
      await cp(trialFile.dir(from, trial), trialFile.dir(to, trial), { recursive: true, force: isFurther });
    }
    await cp(from, to, { recursive: true, force: false });
  }
}

async function subfolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
