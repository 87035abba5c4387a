import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { didYouMean } from '../support/did-you-mean.js';
import { errorCode } from '../support/files.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { OpenSweep } from './freeze.js';
import { sweepsRoot } from './sweep-files.js';
import { readFrozen } from './frozen.js';
import { readJob } from './trial/job.js';
import { readTrial } from './trial/trial-record.js';

/** Names of the sweeps in a runs folder, the most recent last. */
export async function sweepNames(runsRoot: string): Promise<string[]> {
  const root = sweepsRoot(runsRoot);
  const names = await readdir(root).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  });
  const found = await Promise.all(names.map(async (name) => ({ name, sweep: await readFrozen(join(root, name)) })));
  const sweeps = found.filter(({ sweep }) => sweep !== undefined);
  return sweeps.sort((a, b) => (a.sweep!.created < b.sweep!.created ? -1 : 1)).map(({ name }) => name);
}

/** The most recent sweep with a started or submitted trial, so that one frozen later but never started does not hide it. @returns at most one */
async function lastBegun(names: readonly string[], runsRoot: string): Promise<string[]> {
  for (const name of [...names].reverse()) if (await hasBegun(join(sweepsRoot(runsRoot), name))) return [name];
  return names.slice(-1);
}

async function hasBegun(dir: string): Promise<boolean> {
  const { trials } = (await readFrozen(dir))!;
  for (const { id } of trials) {
    if ((await readTrial(dir, id)) !== undefined || (await readJob(dir, id)) !== undefined) return true;
  }
  return false;
}

/** Finds a sweep by its folder, its name or a prefix of it; without text, the one started last. */
export async function findSweep(text: string | undefined, runsRoot: string, cwd: string): Promise<Outcome<OpenSweep>> {
  if (text !== undefined) {
    for (const dir of [resolve(cwd, text), join(sweepsRoot(runsRoot), text)]) {
      const sweep = await readFrozen(dir);
      if (sweep !== undefined) return valid({ dir, sweep, notes: [] });
    }
  }
  const names = await sweepNames(runsRoot);
  const matching =
    text === undefined ? await lastBegun(names, runsRoot) : names.filter((name) => name.startsWith(basename(text)));
  const [only] = matching;
  if (matching.length === 1) {
    const dir = join(sweepsRoot(runsRoot), only!);
    return valid({ dir, sweep: (await readFrozen(dir))!, notes: [] });
  }
  if (text === undefined) {
    const cure = 'Start one: `runner sweep CONFIG --set loss.lambda=5,10,20`.';
    return invalid({ code: 'unknown-sweep', message: `There are no sweeps in ${sweepsRoot(runsRoot)} yet.`, cure });
  }
  if (matching.length > 1) {
    const message = `More than one sweep begins with "${text}".`;
    return invalid({ code: 'ambiguous-sweep', message, cure: `Name one of: ${matching.join(', ')}.` });
  }
  const near = didYouMean(basename(text), names);
  const cure =
    near === undefined ? `Sweeps there: ${names.slice(-5).join(', ') || 'none'}.` : `Did you mean "${near}"?`;
  return invalid({ code: 'unknown-sweep', message: `There is no sweep "${text}" in ${sweepsRoot(runsRoot)}.`, cure });
}
