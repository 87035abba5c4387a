import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { errorCode } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import { sortedNames } from '../arranged/file-order.js';

/** Names in a message. */
const MAX_NAMED = 5;
/** Files that the ranges of a pattern may stand for, all together. */
const MAX_FILES = 1_000_000;
const RANGE = /\{(\d+)\.\.(\d+)\}/;

/**
 * The files that a pattern names, sorted: wildcards (`*`, `**`, `?`, `[ab]`, `{a,b}`), or ranges of numbers as WebDataset writes them,
 * `train-{0000..0123}.tar`, of which every file must be there.
 *
 * @param option in messages: `dataset.trainA`
 * @throws ProblemError `missing-file`, `unreadable-folder`, `shard-range`
 */
export async function shardFiles(pattern: string, option: string): Promise<string[]> {
  expectRanges(pattern, option);
  const parts = await Promise.all(ranged(resolve(pattern)).map((each) => matching(each, option)));
  const missing = parts.flatMap(({ files, pattern: each }) => (files.length === 0 ? [each] : []));
  if (missing.length > 0) throw await noFile(missing, option);
  return sortedNames([...new Set(parts.flatMap(({ files }) => files))]);
}

/** The ranges of a pattern must rise, and stand for {@link MAX_FILES} files at most. */
function expectRanges(pattern: string, option: string): void {
  let files = 1;
  for (const [range, first, last] of pattern.matchAll(new RegExp(RANGE, 'g'))) {
    const count = Number(last) - Number(first) + 1;
    if (count < 1) {
      const message = `${option}: the range ${range} of ${pattern} has no numbers, as it falls.`;
      throw new ProblemError({ code: 'shard-range', message, cure: `Write it as {${last!}..${first!}}.` });
    }
    files *= count;
  }
  if (files <= MAX_FILES) return;
  const message = `${option}: the ranges of ${pattern} stand for more than ${MAX_FILES.toLocaleString('en')} files.`;
  const cure =
    'Check their numbers, or use a wildcard, such as train-*.tar, which stands for the files that are there.';
  throw new ProblemError({ code: 'shard-range', message, cure });
}

/** The patterns that a pattern with ranges stands for. */
function ranged(pattern: string): string[] {
  const range = RANGE.exec(pattern);
  if (range === null) return [pattern];
  const [all, first, last] = range as unknown as [string, string, string];
  // A leading zero means that all numbers have that many digits.
  const digits = first.startsWith('0') ? first.length : 1;
  const numbers = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => String(Number(first) + i));
  return numbers.flatMap((number) => ranged(pattern.replace(all, number.padStart(digits, '0'))));
}

async function matching(pattern: string, option: string): Promise<{ pattern: string; files: string[] }> {
  const slashed = pattern.split(sep).join('/');
  const { isGlob, base } = picomatch.scan(slashed);
  // A name may have a bracket or a brace in it, too.
  if (!isGlob || (await isFile(pattern))) return { pattern, files: (await isFile(pattern)) ? [pattern] : [] };
  const matches = picomatch(slashed);
  const files: string[] = [];
  const isDeep = slashed.slice(base.length).includes('/', 1);
  for (const entry of await entriesIn(base || '/', isDeep, option)) {
    const path = `${entry.parentPath ?? entry.path}/${entry.name}`;
    if (entry.isDirectory() || !matches(path.split(sep).join('/')) || !(await isFile(path))) continue;
    files.push(path);
  }
  return { pattern, files };
}

async function entriesIn(folder: string, recursive: boolean, option: string) {
  try {
    return await readdir(folder, { withFileTypes: true, recursive });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    if (errorCode(error) !== 'EACCES') throw error;
    const message = `${option}: no permission to read ${folder}.`;
    throw new ProblemError({ code: 'unreadable-folder', message, cure: 'Change the folder’s permissions.' });
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false); // prettier-ignore
}

async function noFile([first, ...others]: readonly string[], option: string): Promise<ProblemError> {
  const folder = dirname(first!);
  const beside = await readdir(folder).catch(() => undefined);
  const wanted = basename(first!);
  // Those that begin like the wanted one come first.
  const alike = (name: string) => {
    let shared = 0;
    while (shared < name.length && name[shared] === wanted[shared]) shared++;
    return shared;
  };
  const shown = sortedNames(beside ?? [])
    .sort((a, b) => alike(b) - alike(a))
    .slice(0, MAX_NAMED)
    .map(visible)
    .join(', ');
  const found = beside === undefined ? `There is no folder ${folder}` : `Found in ${folder}: ${shown || 'nothing'}`;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const what = picomatch.scan(wanted).isGlob ? 'no file matches' : 'there is no file';
  return new ProblemError({
    code: 'missing-file',
    message: `${option}: ${what} ${first!}${more}. ${found}.`,
    cure: 'Give a path or a pattern, such as "train-*.tar" or "train-{000..123}.tar"; relative to the config file.',
  });
}
