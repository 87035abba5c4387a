import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type Json } from '../support/json.js';
import { lockHolder } from '../support/lock.js';
import { runFile } from './paths.js';
import { readRecord, type StageRecord } from './record.js';

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
  const names = await stageNames(runDir);
  const records = new Map<string, StageRecord | undefined>();
  for (const name of names) records.set(name, await readRecord(runFile.stage(runDir, name)));
  const consumed = new Set(
    [...records.values()].flatMap((record) => Object.values(record?.inputs ?? {}).map((input) => input.stage)),
  );
  const stages = names.map((name) => statusOf(name, records.get(name), holder !== undefined, consumed.has(name)));
  return { name: basename(runDir), dir: runDir, runningBy: holder?.pid ?? null, stages };
}

async function stageNames(runDir: string): Promise<string[]> {
  try {
    const config: unknown = parse(await readFile(runFile.config(runDir), 'utf8'));
    return isJsonObject(config) && isJsonObject(config['stages']) ? Object.keys(config['stages']) : [];
  } catch {
    return [];
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

function numbersIn(value: Json | undefined, path: readonly string[] = []): Record<string, number> {
  if (typeof value === 'number') return { [path.join('/')]: value };
  if (!isJsonObject(value)) return {};
  if (typeof value['value'] === 'number') return { [path.join('/')]: value['value'] };
  return Object.assign({}, ...Object.entries(value).map(([key, item]) => numbersIn(item, [...path, key]))) as Record<
    string,
    number
  >;
}
