import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { isJunkFile } from '../../support/junk-files.js';
import type { ProblemCode } from '../../support/problem-codes.js';
import type { Problem } from '../../support/problem.js';
import { throttle } from '../../support/throttle.js';
import { visible } from '../../support/visible.js';
import type { LibraryEntry, LibraryFile } from './library-entry.js';

/** Files named in a problem. */
const MAX_NAMED = 10;

/** Compares an entry's files with its record: which are missing, changed, or not in it. */
export async function checkEntry({ dir, record }: LibraryEntry, work: SourceWork): Promise<readonly Problem[]> {
  const found = new Set(await filesBelow(dir));
  const missing = record.files.filter(({ path }) => !found.has(path)).map(({ path }) => path);
  const changed: string[] = [];
  const total = record.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const phase = `checking ${record.name}`;
  const report = throttle((done: number) => work.progress({ phase, unit: 'bytes', done, total }));
  let done = 0;
  for (const file of record.files) {
    work.signal.throwIfAborted();
    if (found.delete(file.path) && !(await isUnchanged(dir, file, work.signal))) changed.push(file.path);
    report((done += file.bytes));
  }
  report(done, true);
  const cure = `Remove the folder ${dirname(dir)}: the next run that needs it fetches it again.`;
  const about = (code: ProblemCode, what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [{ code, message: `${record.name}: ${what} ${list(names)}.`, cure }];
  return [
    ...about('files-missing', 'missing', missing),
    ...about('files-changed', 'changed since it was unpacked:', changed),
    ...about('files-strange', 'not of the archive:', [...found].sort()),
  ];
}

/** Paths of the files below a folder, `/` separated; anything but a folder counts as a file. */
async function filesBelow(dir: string): Promise<string[]> {
  const all = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return all
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath ?? entry.path, entry.name)).split(sep))
    .filter((parts) => !parts.some(isJunkFile))
    .map((parts) => parts.join('/'));
}

async function isUnchanged(dir: string, { path, bytes, sha256 }: LibraryFile, signal: AbortSignal): Promise<boolean> {
  const file = join(dir, path);
  try {
    if ((await stat(file)).size !== bytes) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
    return hash.digest('hex') === sha256;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

function list(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).map(visible).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
