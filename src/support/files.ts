import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file atomically: a temporary file in the same folder, flushed to disk, then renamed. A reader sees the old content or the new.
 *
 * @param content as a whole, or in chunks that are generated as they are written
 * @param temporary by default a name of its own; a fixed one is used again, so that a killed process leaves nothing for ever, but
 * only one process may write the file
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array | Iterable<string>,
  temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`,
): Promise<void> {
  await makeFolder(dirname(path));
  try {
    const file = await open(temporary, 'w');
    try {
      await writeFile(file, content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Creates a folder and its missing parents, one after the other. Node's recursive `mkdir` loops forever on a file system that fails with
 * ENOENT although the parent exists, such as /proc.
 *
 * @throws the file system's error, for the first that cannot be created
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    // Another process created it first.
    if (errorCode(error) !== 'EEXIST' || !(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The code (`ENOENT`, `EACCES`...) of a system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
