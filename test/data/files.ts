import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProblemError, type Problem } from '../../src/support/problem.js';

/** Files by path below `dir`; folders are made. A path that ends in `/` is an empty folder. */
export async function put(dir: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(name.endsWith('/') ? join(dir, name) : dirname(join(dir, name)), { recursive: true });
    if (!name.endsWith('/')) await writeFile(join(dir, name), content);
  }
}

/** The problems that the work ends with. */
export async function problemsOf(promise: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('Expected a ProblemError, but it went well.');
}
