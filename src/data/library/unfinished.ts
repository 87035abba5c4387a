import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lockHolder, removeLocked } from '../../support/lock.js';
import { downloadsFor, downloadsRoot, keyOfTemporary, lockFor, temporaryRoot } from './library-paths.js';

/** An unfinished download or unpacked folder that no living process works on. */
export interface Unfinished {
  readonly path: string;
  /** The last write, in milliseconds since 1970. */
  readonly since: number;
  /** @returns `kept` when a process has begun to work on it */
  remove(): Promise<'removed' | 'kept'>;
}

export interface UnfinishedDownload extends Unfinished {
  /** The file being downloaded, if any byte of it has arrived. */
  readonly file?: string;
}

/** Interrupted downloads: the same command resumes them. */
export async function downloads(): Promise<readonly UnfinishedDownload[]> {
  const found: UnfinishedDownload[] = [];
  for (const key of await namesIn(downloadsRoot())) {
    const folder = downloadsFor(key);
    const part = (await namesIn(folder)).find((file) => file.endsWith('.part'));
    const download = await unfinished(key, folder, part === undefined ? folder : join(folder, part));
    if (download === undefined) continue;
    found.push(part === undefined ? download : { ...download, file: part.slice(0, -'.part'.length) });
  }
  return found;
}

/** Folders that dead processes left half unpacked, or half removed. */
export async function leftovers(): Promise<readonly Unfinished[]> {
  const names = await namesIn(temporaryRoot());
  const found = await Promise.all(names.map((name) => unfinished(keyOfTemporary(name), join(temporaryRoot(), name))));
  return found.filter((item) => item !== undefined);
}

async function unfinished(key: string, path: string, written = path): Promise<Unfinished | undefined> {
  const times = await stat(written).catch(() => undefined);
  if (times === undefined || (await lockHolder(lockFor(key))) !== undefined) return undefined;
  return { path, since: times.mtimeMs, remove: () => removeLocked(lockFor(key), path) };
}

/** @returns an empty list where there is no such folder */
async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
