import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sortByName } from '../arranged/file-order.js';
import { isImage, type ImageFile } from '../arranged/image-files.js';
import { entriesIn, joinBytes } from './folder-entries.js';

interface Folder {
  /** Relative to the root, as text. */
  readonly name: string;
  readonly path: string | Buffer;
}

/** The files in a folder and below it, sorted. */
export interface Walked {
  /** Files with an image's extension. */
  readonly images: ImageFile[];
  /** Other files, whose kind is decided by content. */
  readonly others: ImageFile[];
}

/**
 * Lists every file in a folder and below it, sorted. Symbolic links are followed, and each folder is visited once, so that cyclic links
 * end. Real folders come before linked ones.
 */
export async function walk(root: string, dir: string, signal?: AbortSignal): Promise<Walked> {
  const images: ImageFile[] = [];
  const others: ImageFile[] = [];
  const walked = new Set<string>();
  const folders: Folder[] = [{ name: dir, path: join(root, dir) }];
  const links: Folder[] = [];
  while (folders.length > 0 || links.length > 0) {
    signal?.throwIfAborted();
    const folder = folders.shift() ?? links.shift()!;
    const { dev, ino } = await stat(folder.path);
    if (walked.has(`${dev}:${ino}`)) continue;
    walked.add(`${dev}:${ino}`);
    const below: Folder[] = [];
    const linked: Folder[] = [];
    for (const { name: entryName, raw, kind, link } of await entriesIn(folder.path)) {
      const name = `${folder.name}/${entryName}`;
      if (kind === 'folder') (link ? linked : below).push({ name, path: joinBytes(folder.path, raw ?? entryName) });
      else {
        const isText = raw === undefined && typeof folder.path === 'string';
        const file = isText ? { name } : { name, raw: joinBytes(folder.path, raw ?? entryName) as Buffer };
        (isImage(entryName) ? images : others).push(file);
      }
    }
    folders.push(...sortByName(below));
    links.push(...sortByName(linked));
  }
  return { images: sortByName(images), others: sortByName(others) };
}
