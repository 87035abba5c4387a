import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProblemError, type Problem } from '../../src/support/problem.js';

/** Writes files by path below `dir` and creates their folders. A path that ends in `/` is an empty folder. */
export async function put(dir: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(name.endsWith('/') ? join(dir, name) : dirname(join(dir, name)), { recursive: true });
    if (!name.endsWith('/')) await writeFile(join(dir, name), content);
  }
}

/** The contents of all files below `dir`, and all paths. */
export async function contentsOf(dir: string): Promise<string[]> {
  const paths = (await readdir(dir, { recursive: true })).map((name) => join(dir, name));
  const contents = paths.map(async (path) => ((await lstat(path)).isFile() ? [await readFile(path, 'latin1')] : []));
  return [...(await Promise.all(contents)).flat(), ...paths];
}

/** The problems that a promise rejects with. */
export async function problemsOf(promise: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('Expected a ProblemError, but it succeeded.');
}
