import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sortByName } from '../arranged/order.js';
import { isPicture, kindOf, type PictureFile } from '../arranged/picture-files.js';
import type { Pictures } from '../arranged/tree.js';
import { entriesIn, joinBytes } from './entries.js';

interface Folder {
  /** Relative to the root, as people see it. */
  readonly name: string;
  readonly path: string | Buffer;
}

/**
 * Every picture in a folder and below it, sorted. Symbolic links are followed, and each folder is walked once, whatever leads to it: so
 * links in a circle come to an end. Folders that are really there come before those that a link leads to.
 */
export async function walk(root: string, dir: string, signal?: AbortSignal): Promise<Pictures> {
  const files: PictureFile[] = [];
  const others = new Map<string, number>();
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
      else if (!isPicture(own)) others.set(kindOf(own), (others.get(kindOf(own)) ?? 0) + 1);
      else if (raw === undefined && typeof folder.path === 'string') files.push({ name });
      else files.push({ name, raw: joinBytes(folder.path, raw ?? own) as Buffer });
    }
    folders.push(...sortByName(below));
    links.push(...sortByName(linked));
  }
  return { files: sortByName(files), others };
}
