import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ImageOrigin } from './arranged/arrange.js';
import type { ImageFile } from './arranged/image-files.js';
import { contentHashes } from './content-hash.js';

/** The path of a file below `root`, in bytes where its name is not valid UTF-8. */
export function pathBelow(root: string): (file: ImageFile) => string | Buffer {
  return (file) => file.raw ?? resolve(root, file.name);
}

/** Reads and hashes files whose names are relative to a folder. */
export function filesBelow(root: string, signal?: AbortSignal): Pick<ImageOrigin, 'hashes' | 'read' | 'path'> {
  const path = pathBelow(root);
  return {
    hashes: (files) => contentHashes(root, files, path, signal),
    // Workers take paths as text.
    path: (file) => (file.raw === undefined ? resolve(root, file.name) : undefined),
    read: (file) => readFile(path(file), { signal }),
  };
}
