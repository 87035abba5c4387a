import type { Scalar } from '../support/json.js';
import { readFile } from 'node:fs/promises';
import type { Config, HalvingOptions } from '../registry/config.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import { isJsonObject, type Json } from '../support/json.js';
import type { Problem } from '../support/problem.js';
import { sweepFile, trialFile } from './sweep-files.js';
import type { SweepAxis, RankMetric } from './summary/sweep-summary.js';

/** Raised when the shape changes: a sweep of another format cannot be gone on with. */
const FORMAT = 1;

/** A sweep as it was frozen before anything started: what is written in config files later changes nothing of it. */
export interface FrozenSweep {
  readonly name: string;
  /** ISO time. */
  readonly created: string;
  /** As it was typed. */
  readonly command: readonly string[];
  readonly metric: RankMetric;
  readonly halving: HalvingOptions | null;
  readonly axes: readonly Omit<SweepAxis, 'values'>[];
  readonly trials: readonly FrozenTrial[];
  /** Where trials run, if nothing else is said. */
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

/** The seal is written last: a sweep whose file is there is whole. */
export async function writeFrozen(dir: string, sweep: FrozenSweep, configs: readonly Config[]): Promise<void> {
  for (const [index, { id }] of sweep.trials.entries()) {
    await writeFileAtomic(trialFile.config(dir, id), `${JSON.stringify(configs[index], null, 2)}\n`);
  }
  await writeSeal(dir, sweep);
}

export async function writeSeal(dir: string, sweep: FrozenSweep): Promise<void> {
  await writeFileAtomic(sweepFile.frozen(dir), `${JSON.stringify({ format: FORMAT, ...sweep }, null, 2)}\n`);
}

/** @returns `undefined` where there is none, or none that this version can read */
export async function readFrozen(dir: string): Promise<FrozenSweep | undefined> {
  const sweep = await readJson(sweepFile.frozen(dir));
  return isJsonObject(sweep) && sweep['format'] === FORMAT ? (sweep as unknown as FrozenSweep) : undefined;
}

/** The resolved config of a trial. */
export async function readTrialConfig(dir: string, trial: number): Promise<Config | undefined> {
  const config = await readJson(trialFile.config(dir, trial));
  return isJsonObject(config) ? (config as unknown as Config) : undefined;
}

/** That the config of a trial is not there any more. */
export function lostConfig(dir: string, trial: number): Problem {
  return {
    code: 'missing-file',
    message: `The config of trial ${trial} is not there: ${trialFile.config(dir, trial)}.`,
    cure: 'Copy it from where the sweep was begun, or remove the sweep’s folder and begin it again.',
  };
}

/** What a JSON file holds; `undefined` where there is none, or half of one. */
export async function readJson(path: string): Promise<Json | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
