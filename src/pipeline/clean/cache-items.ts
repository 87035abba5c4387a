import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../support/cache-folder.js';
import { bytesOnDisk } from '../storage/disk-usage.js';
import { type CleanRequest, isOld, type Removable, type Survey } from './removable.js';

/** What the user's cache remembers longer than this without use is not missed. */
const LATELY_DAYS = 30;

/** What lies in the user's cache for nobody: hashes of pictures that are gone or were not looked at lately. */
export async function cacheItems(request: CleanRequest): Promise<Survey> {
  return { items: await hashes(request), problems: [], notes: [] };
}

async function hashes(request: CleanRequest): Promise<Removable[]> {
  const dir = cacheFolder('hashes');
  const files = await readdir(dir).catch(() => []);
  const items: Removable[] = [];
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const path = join(dir, file);
    const root = await rootOf(path);
    const since = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (since === undefined) continue;
    const isGone = root !== undefined && !existsSync(root);
    if (!isGone && !isOld(since, request, LATELY_DAYS)) continue;
    items.push({
      kind: 'hashes',
      path,
      bytes: await bytesOnDisk(path),
      since,
      what: `hashes of the pictures in ${root ?? 'an unknown folder'}`,
      why: isGone ? 'the folder is gone' : 'they are computed again when needed',
      remove: async () => {
        await rm(path, { force: true });
        return 'removed';
      },
    });
  }
  return items;
}

async function rootOf(file: string): Promise<string | undefined> {
  try {
    const { root } = JSON.parse(await readFile(file, 'utf8')) as { root?: unknown };
    return typeof root === 'string' ? root : undefined;
  } catch {
    return undefined;
  }
}
