import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type Json } from '../support/json.js';
import { lockHolder } from '../support/lock.js';
import { runFile } from './paths.js';
import { readRecord, type StageRecord } from './record.js';
import { storeEntries } from './storage/entries.js';
import { lastMade } from './storage/needed.js';

/** How a run is, as far as its folder tells; whether its config has changed since is not asked. */
export interface RunStatus {
  readonly name: string;
  readonly dir: string;
  /** The process that is at it. */
  readonly runningBy: number | null;
  readonly stages: readonly StageStatus[];
}

export interface StageStatus {
  readonly name: string;
  /** `unfinished`: stopped or cut off, goes on with the next run. `none`: not started. */
  readonly state: 'done' | 'running' | 'unfinished' | 'failed' | 'none';
  /** ISO time. */
  readonly finished: string | null;
  readonly seconds: number | null;
  /** The numbers among its outputs' `metrics`, by path: `AtoB/psnr`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Reads a run's state from its folder. */
export async function runStatus(runDir: string): Promise<RunStatus> {
  const holder = await lockHolder(runFile.lock(runDir));
  const types = await stageTypes(runDir);
  const names = [...types.keys()];
  const records = new Map<string, StageRecord | undefined>();
  for (const name of names) records.set(name, await readRecord(runFile.stage(runDir, name)));
  const consumed = new Set(
    [...records.values()].flatMap((record) => Object.values(record?.inputs ?? {}).map((input) => input.stage)),
  );
  // Nothing here tells of what is prepared already, and not used yet.
  const made = consumed.size > 0 ? new Map<string, StageRecord>() : await madeBy(runDir);
  const recordOf = (name: string) => records.get(name) ?? made.get(types.get(name)!);
  const stages = names.map((name) => statusOf(name, recordOf(name), holder !== undefined, consumed.has(name)));
  return { name: basename(runDir), dir: runDir, runningBy: holder?.pid ?? null, stages };
}

/** Its results in the store, by type of stage. */
async function madeBy(runDir: string): Promise<Map<string, StageRecord>> {
  const entries = await storeEntries(dirname(runDir));
  return new Map([...lastMade(basename(runDir), entries)].map(({ type, record }) => [type, record]));
}

/** The types of a run's stages, by name. */
async function stageTypes(runDir: string): Promise<Map<string, string>> {
  try {
    const config: unknown = parse(await readFile(runFile.config(runDir), 'utf8'));
    const stages = isJsonObject(config) && isJsonObject(config['stages']) ? Object.entries(config['stages']) : [];
    return new Map(stages.map(([name, stage]) => [name, typeOf(stage) ?? name]));
  } catch {
    return new Map();
  }
}

/** @param consumed whether another stage has used what it made: a shared stage has no folder here */
function statusOf(name: string, record: StageRecord | undefined, held: boolean, consumed: boolean): StageStatus {
  if (record === undefined)
    return { name, state: consumed ? 'done' : 'none', finished: null, seconds: null, metrics: {} };
  const { status, finished, seconds, outputs } = record;
  const unsealed = status === 'failed' ? 'failed' : status === 'running' && held ? 'running' : 'unfinished';
  return {
    name,
    state: status === 'done' ? 'done' : unsealed,
    finished,
    // Counted when an attempt ends.
    seconds: seconds === 0 && finished === null ? null : seconds,
    metrics: numbersIn(outputs['metrics']),
  };
}

function typeOf(stage: Json | undefined): string | undefined {
  return isJsonObject(stage) && typeof stage['type'] === 'string' ? stage['type'] : undefined;
}

/** The numbers of a stage's `metrics`, by path: `AtoB/psnr`. */
export function numbersIn(value: Json | undefined, path: readonly string[] = []): Record<string, number> {
  if (typeof value === 'number') return { [path.join('/')]: value };
  if (!isJsonObject(value)) return {};
  if (typeof value['value'] === 'number') return { [path.join('/')]: value['value'] };
  return Object.assign({}, ...Object.entries(value).map(([key, item]) => numbersIn(item, [...path, key]))) as Record<
    string,
    number
  >;
}
