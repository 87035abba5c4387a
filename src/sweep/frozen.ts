import type { Scalar } from '../support/json.js';
import { readFile } from 'node:fs/promises';
import type { Config, HalvingOptions } from '../registry/config.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import { isJsonObject, type Json } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import { sweepFile, trialFile } from './sweep-files.js';
import type { SweepAxis, RankMetric } from './summary/sweep-summary.js';

/** Increased when the format changes: a sweep of another format cannot be resumed. */
const FORMAT = 1;

/** A sweep, frozen before any trial starts: later edits of config files do not affect it. */
export interface FrozenSweep {
  readonly name: string;
  /** ISO time. */
  readonly created: string;
  /** The command line. */
  readonly command: readonly string[];
  readonly metric: RankMetric;
  readonly halving: HalvingOptions | null;
  readonly axes: readonly Omit<SweepAxis, 'values'>[];
  readonly trials: readonly FrozenTrial[];
  /** The default launcher of its trials. */
  readonly launcher: Config['launcher'];
  /** `--from`, for all trials. */
  readonly from: string | null;
}

export interface FrozenTrial {
  /** From 1 on. */
  readonly id: number;
  readonly label: string;
  readonly params: Readonly<Record<string, Scalar>>;
  /** Its run's name. */
  readonly run: string;
}

/** Writes `sweep.json` last: a sweep that has it is complete. */
export async function writeFrozen(dir: string, sweep: FrozenSweep, configs: readonly Config[]): Promise<void> {
  for (const [index, { id }] of sweep.trials.entries()) {
    await writeFileAtomic(trialFile.config(dir, id), `${JSON.stringify(configs[index], null, 2)}\n`);
  }
  await writeSeal(dir, sweep);
}

export async function writeSeal(dir: string, sweep: FrozenSweep): Promise<void> {
  await writeFileAtomic(sweepFile.frozen(dir), `${JSON.stringify({ format: FORMAT, ...sweep }, null, 2)}\n`);
}

/** @returns `undefined` if there is none, or none that this version can read */
export async function readFrozen(dir: string): Promise<FrozenSweep | undefined> {
  const sweep = await readJson(sweepFile.frozen(dir));
  return isJsonObject(sweep) && sweep['format'] === FORMAT ? (sweep as unknown as FrozenSweep) : undefined;
}

/** The resolved config of a trial. */
export async function readTrialConfig(dir: string, trial: number): Promise<Config | undefined> {
  const config = await readJson(trialFile.config(dir, trial));
  return isJsonObject(config) ? (config as unknown as Config) : undefined;
}

/** The problem of a trial without its config file. */
export function lostConfig(dir: string, trial: number): Problem {
  return {
    code: 'missing-file',
    message: `The config of trial ${trial} is missing: ${trialFile.config(dir, trial)}.`,
    cure: 'Copy it from where the sweep was started, or remove the sweep’s folder and start it again.',
  };
}

/** Reads a JSON file; `undefined` if it is missing or truncated. */
export async function readJson(path: string): Promise<Json | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
