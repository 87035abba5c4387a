import { remove } from '../../data/library/library.js';
import { formatBytes } from '../../support/bytes.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import { cachedAs } from './set-names.js';

/** `runner data remove NAME`: removes a data set from the cache. */
export async function removeSet(name: string, io: Io): Promise<ExitCode> {
  const wanted = await cachedAs(name);
  if ('code' in wanted) {
    printProblems([wanted], io);
    return 2;
  }
  for (const entry of wanted) {
    await remove(entry);
    io.stdout.write(`Removed ${name} (${formatBytes(entry.bytesOnDisk)}): ${entry.dir}\n`);
  }
  return 0;
}
