import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sortByName } from '../arranged/file-order.js';
import { isImage, type ImageFile } from '../arranged/image-files.js';
import { entriesIn, joinBytes } from './folder-entries.js';

interface Folder {
  /** Relative to the root, as people see it. */
  readonly name: string;
  readonly path: string | Buffer;
}

/** What is in a folder and below it, sorted. */
export interface Walked {
  /** Images by their names. */
  readonly images: ImageFile[];
  /** Files whose names do not say what they are. */
  readonly others: ImageFile[];
}

/**
 * Every file in a folder and below it, sorted. Symbolic links are followed, and each folder is walked once, whatever leads to it: so
 * links in a circle come to an end. Folders that are really there come before those that a link leads to.
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
    for (const { name: own, raw, kind, link } of await entriesIn(folder.path)) {
      const name = `${folder.name}/${own}`;
      if (kind === 'folder') (link ? linked : below).push({ name, path: joinBytes(folder.path, raw ?? own) });
      else {
        const isText = raw === undefined && typeof folder.path === 'string';
        const file = isText ? { name } : { name, raw: joinBytes(folder.path, raw ?? own) as Buffer };
        (isImage(own) ? images : others).push(file);
      }
    }
    folders.push(...sortByName(below));
    links.push(...sortByName(linked));
  }
  return { images: sortByName(images), others: sortByName(others) };
}
