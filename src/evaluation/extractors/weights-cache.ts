import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../support/cache-folder.js';
import { lockHolder } from '../../support/lock.js';

/** Downloaded weights of an extractor, or the beginning of a download, in the user's cache. */
export interface WeightsFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
  /** Whether the download is whole. */
  readonly whole: boolean;
}

/** Where downloaded weights are kept. All projects of a user share it. */
export function weightsPath(file: string): string {
  return cacheFolder('extractors', file);
}

/** Notes that weights are used now, for `runner clean`. */
export async function markWeightsUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/** All weights in the cache, without what a process downloads now. */
export async function weightsFiles(): Promise<readonly WeightsFile[]> {
  const dir = cacheFolder('extractors');
  const names = await readdir(dir).catch(() => []);
  const locks = names.filter((name) => name.endsWith('.lock'));
  const holders = await Promise.all(locks.map((name) => lockHolder(join(dir, name))));
  const isDownloading = holders.some((holder) => holder !== undefined);
  const found: WeightsFile[] = [];
  for (const name of names.filter((each) => !locks.includes(each))) {
    const path = join(dir, name);
    const file = await stat(path).catch(() => undefined);
    if (file === undefined) continue;
    const whole = file.isFile() && !/\.part(\.json)?$/.test(name);
    if (whole || !isDownloading) found.push({ path, bytes: file.size, lastUse: file.mtimeMs, whole });
  }
  return found;
}
