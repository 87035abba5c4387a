import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Pictured } from './arranged/arranged.js';
import type { PictureFile } from './arranged/picture-files.js';
import { contentHashes } from './content-hash.js';

/** Reads and hashes files whose names are relative to a folder. */
export function filesBelow(root: string, signal?: AbortSignal): Pick<Pictured, 'hashes' | 'read'> {
  const path = (file: PictureFile) => file.raw ?? resolve(root, file.name);
  return {
    hashes: (files) => contentHashes(root, files, path, signal),
    read: (file) => readFile(path(file), { signal }),
  };
}
