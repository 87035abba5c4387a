import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { sha256, sha256File } from '../../support/hash.js';
import { ProblemError } from '../../support/problem.js';

/** Identifies a model by the names and the content of all files below its folder. @throws ProblemError `missing-weights` */
export async function filesIdentity(folder: string): Promise<string> {
  try {
    const names = (await readdir(folder, { recursive: true })).sort();
    const sums: [string, string][] = [];
    for (const name of names) {
      const path = join(folder, name);
      if ((await stat(path)).isFile()) sums.push([name, await sha256File(path)]);
    }
    return sha256(sums);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new ProblemError({
      code: 'missing-weights',
      message: `The model of a feature extractor is not there: ${folder} (${errorCode(error)}).`,
      cure: 'Check the option `path`: a relative one counts from the config file.',
    });
  }
}
