import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CheckpointChoice } from '../inference/checkpoint-choice.js';
import { findRun } from '../pipeline/find-run.js';
import { valid, type Outcome } from '../support/outcome.js';
import type { GeneratorPlace } from './request.js';

/**
 * Finds the run or the bundle that a user names. A bundle is a folder with a `generator.json`, which `export` wrote with the format `weights`;
 * anything else is a run.
 *
 * @param text a folder; of a run also its name, or the beginning of it
 * @param runsRoot the folder of runs, absolute
 */
export async function findGenerator(
  text: string,
  checkpoint: CheckpointChoice,
  runsRoot: string,
  cwd: string,
): Promise<Outcome<GeneratorPlace>> {
  const dir = resolve(cwd, text);
  const isBundle = await stat(join(dir, 'generator.json')).then(
    () => true,
    () => false,
  );
  if (isBundle) return valid({ kind: 'bundle', dir });
  const found = await findRun(text, runsRoot, cwd);
  return found.ok ? valid({ kind: 'run', dir: found.value, checkpoint }) : found;
}
