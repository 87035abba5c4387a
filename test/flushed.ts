import { open, type FileHandle } from 'node:fs/promises';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What was flushed to the disk while something was done. */
export interface Flushed {
  /** Whether a file or folder was, under whatever name: a rename changes none of its bytes. */
  has(path: string): boolean;
  /** Files below a folder that were not. */
  missing(dir: string): string[];
  /** Whether a file or folder was flushed while `condition` held. */
  hasWhile(path: string): boolean;
}

/**
 * Does something and listens to `FileHandle.sync`.
 *
 * @param condition looked at with each flush, for {@link Flushed.hasWhile}: such as that nothing is published yet
 */
export async function whatIsFlushed(work: () => Promise<unknown>, condition = () => true): Promise<Flushed> {
  const [all, meanwhile] = [new Set<number>(), new Set<number>()];
  const own = await open(fileURLToPath(import.meta.url), 'r');
  const prototype = Object.getPrototypeOf(own) as Pick<FileHandle, 'sync'>;
  await own.close();
  const original = Object.getOwnPropertyDescriptor(prototype, 'sync')!;
  const sync = original.value as FileHandle['sync'];
  prototype.sync = async function (this: FileHandle) {
    const { ino } = await this.stat();
    all.add(ino);
    if (condition()) meanwhile.add(ino);
    await sync.call(this);
  };
  try {
    await work();
  } finally {
    Object.defineProperty(prototype, 'sync', original);
  }
  const has = (path: string) => all.has(statSync(path).ino);
  return { has, missing: (dir) => filesBelow(dir).filter((path) => !has(path)), hasWhile: (path) => meanwhile.has(statSync(path).ino) }; // prettier-ignore
}

/** Files below a folder, at any depth. */
export function filesBelow(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
