import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256, sha256File } from '../support/hash.js';

/** All files in a folder and its subfolders, sorted. */
export async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return (
    entries
      .filter((entry) => entry.isFile())
      // `path` is the folder in Node 20.10 and 20.11, which have no `parentPath`.
      .map((entry) => join(entry.parentPath ?? (entry as unknown as { path: string }).path, entry.name))
      .sort()
  );
}

/** A hash of the files' contents and relative paths. */
export async function hashOfFiles(dir: string, files: readonly string[]): Promise<string> {
  const hashes: Record<string, string> = {};
  for (const file of files) hashes[relative(dir, file)] = await sha256File(file);
  return sha256(hashes);
}
