import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { mapAtOnce } from '../support/at-once.js';
import { didYouMean } from '../support/did-you-mean.js';
import { errorCode } from '../support/files.js';
import type { Problem } from '../support/problem.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { runFile } from './paths.js';
import { configNameOf } from './run-name.js';

/** The end of the name of a run's folder. */
const HASHED = /-[0-9a-f]{8}$/;

/** Names of the runs in a folder, the most recently started last; empty if the folder does not exist. */
export async function runNames(runsRoot: string): Promise<string[]> {
  const entries = await readdir(runsRoot, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  const started = await mapAtOnce(folders, (name) => startOf(join(runsRoot, name)));
  const runs = folders
    .map((name, index) => ({ name, started: started[index] }))
    .filter((run) => run.started !== undefined);
  return runs.sort((a, b) => a.started! - b.started!).map((run) => run.name);
}

/** Finds a run by its folder, its name, or the beginning of its name or of the hash in it. @returns the run's folder */
export async function findRun(text: string, runsRoot: string, cwd = process.cwd()): Promise<Outcome<string>> {
  for (const folder of [resolve(cwd, text), join(runsRoot, text)]) {
    if ((await startOf(folder)) !== undefined) return valid(folder);
  }
  const names = await runNames(runsRoot);
  const byName = names.filter((name) => name.startsWith(text));
  const matching = byName.length > 0 ? byName : names.filter((name) => hasHash(name, text));
  if (matching.length === 1) return valid(join(runsRoot, matching[0]!));
  return invalid(matching.length === 0 ? unknown(text, names, runsRoot) : ambiguous(text, matching));
}

/** Fewer digits of a hash are likely a misspelt name. */
function hasHash(name: string, text: string): boolean {
  return /^[0-9a-f]{4,8}$/.test(text) && HASHED.exec(name)?.[0].startsWith(`-${text}`) === true;
}

/** When a folder became a run, in milliseconds; `undefined` if it is not a run. */
async function startOf(folder: string): Promise<number | undefined> {
  // Not the time of config.yaml, which every command rewrites.
  if (!(await isRun(folder))) return undefined;
  return (await stat(folder).catch(() => undefined))?.birthtimeMs;
}

/** A run whose config.yaml was deleted is recognised by its other files. */
async function isRun(folder: string): Promise<boolean> {
  for (const file of [runFile.config(folder), runFile.journal(folder)]) if (await fileExists(file)) return true;
  const inside = await readdir(folder).catch(() => []);
  for (const name of inside) if (await fileExists(join(folder, name, 'stage.json'))) return true;
  return false;
}

async function fileExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    // Unreadable, such as a disk's lost+found: the name decides whether it is a run.
    if (code === 'EACCES') return HASHED.test(dirname(path));
    throw error;
  }
}

function unknown(text: string, names: readonly string[], runsRoot: string): Problem {
  const wanted = basename(text);
  const near = didYouMean(wanted, names) ?? names.find((name) => configNameOf(name) === configNameOf(wanted));
  return {
    code: 'unknown-run',
    message: `There is no run "${text}": neither a run’s folder nor the beginning of a name or a hash in ${runsRoot}.`,
    cure: near === undefined ? `Runs there: ${names.slice(-5).join(', ') || 'none'}.` : `Did you mean "${near}"?`,
  };
}

function ambiguous(text: string, names: readonly string[]): Problem {
  return {
    code: 'ambiguous-run',
    message: `More than one run has "${text}" at the beginning of its name or hash.`,
    cure: `Name one of: ${names.join(', ')}.`,
  };
}
