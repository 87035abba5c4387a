import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { errorCode } from '../support/files.js';
import { filesIn } from './folder-content.js';

/** The required files of a result, by path in the stage's folder, with their sizes in bytes. */
export type SealedFiles = Readonly<Record<string, number>>;

/** @param paths files in `dir`, and folders with all their files */
export async function sealFiles(dir: string, paths: readonly string[]): Promise<SealedFiles> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const whole = join(dir, path);
      return (await stat(whole)).isDirectory() ? filesIn(whole) : [whole];
    }),
  );
  const sizes = files.flat().map(async (file) => [relative(dir, file), (await stat(file)).size] as const);
  return Object.fromEntries(await Promise.all(sizes));
}

/** Describes the first missing or changed file; `undefined` if all exist with their sizes. */
export async function damageTo(dir: string, files: SealedFiles): Promise<string | undefined> {
  for (const [path, size] of Object.entries(files)) {
    const now = await sizeOf(join(dir, path));
    if (now === undefined) return `${path} is gone`;
    if (now !== size) return `${path} is not as it was written`;
  }
  return undefined;
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
