import { entries, verify } from '../../data/library/library.js';
import { refetchCommand } from '../../data/sources/cyclegan/fetch-advice.js';
import type { ExitCode, Io } from '../io.js';
import { paint } from '../paint.js';
import { printProblems } from '../print-problems.js';
import { type CachedEntry, cachedAs, isSetName } from './set-names.js';
import { withProgress } from './data-work.js';

/** `runner data verify [NAME]`: compares files with their checksums. */
export async function verifySets(name: string | undefined, io: Io): Promise<ExitCode> {
  const wanted = name === undefined ? await entries() : await cachedAs(name);
  if ('code' in wanted) {
    printProblems([wanted], io);
    return 2;
  }
  if (wanted.length === 0) io.stdout.write('There is no data set in the cache yet.\n');
  let worst: ExitCode = 0;
  for (const entry of wanted) {
    const code = await verifyOne(entry, io);
    if (code === 130) return code;
    worst = code === 0 ? worst : code;
  }
  return worst;
}

async function verifyOne(entry: CachedEntry, io: Io): Promise<ExitCode> {
  const { name, files } = entry.record;
  return withProgress(name, 'Stopped.', io, async (work) => {
    const problems = await verify(entry, work);
    if (problems.length === 0) {
      work.note('info', `${paint(io.stdout, io.env).green(name)}: all ${files.length} files are unchanged.`);
      return 0;
    }
    work.note('warning', `${name} has changed since it was unpacked.`);
    const cure = isSetName(name) ? `Download it again: ${refetchCommand(name, entry.record)}` : undefined;
    printProblems(cure === undefined ? problems : problems.map((problem) => ({ ...problem, cure })), io);
    return 1;
  });
}
