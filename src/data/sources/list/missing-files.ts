import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCode } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import type { ImageFile } from '../arranged/image-files.js';
import type { ContentHashes } from '../content-hashes.js';
import type { ListPlace } from './list-place.js';

/** Files named in the problem; of the others, only the number. */
const MAX_NAMED = 5;

/**
 * Checks that all listed files exist: a missing file is a mistake in the list, while other unreadable files count as bad images.
 *
 * @param hashes of the readable files
 * @throws ProblemError that counts the missing files and names some, with their places in the list
 */
export async function expectAllFiles(
  list: string,
  root: string,
  files: readonly ImageFile[],
  hashes: Pick<ContentHashes, 'has'>,
  places: ReadonlyMap<string, ListPlace>,
): Promise<void> {
  const missing: string[] = [];
  for (const { name } of files.filter((file) => !hashes.has(file.name))) {
    const gone = await stat(resolve(root, name)).then(
      (entry) => !entry.isFile(),
      (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? ''),
    );
    if (gone) missing.push(name);
  }
  if (missing.length === 0) return;
  const named = missing.slice(0, MAX_NAMED).map((name) => `${visible(name)} (${places.get(name)!.text})`);
  const rest = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more` : '';
  const count = `${missing.length} of the ${files.length} files that ${list} names ${missing.length === 1 ? 'is' : 'are'} missing`;
  throw new ProblemError({
    code: 'missing-files',
    message: `${count}: ${named.join(', ')}${rest}.`,
    cure: `Paths are relative to ${root}; dataset.root names another folder.`,
  });
}
