import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recordedValues, type RecordedValue } from '../evaluation/recorded-values.js';
import { runNames } from '../pipeline/find-run.js';
import { readRuns, type ReadRun, type RunStatus } from '../pipeline/run-status.js';
import type { StageRecord } from '../pipeline/stage-record.js';
import { mapAtOnce } from '../support/at-once.js';
import type { JsonObject } from '../support/json.js';
import { ConfigReader } from './recorded-config.js';

/** In short what the stages' states say; `new`: no stage has begun; `damaged`: a stage or the config cannot be read. */
export type RunState = 'done' | 'running' | 'failed' | 'unfinished' | 'damaged' | 'new';

/** A run as its folder has it on disk. */
export interface RunEntry {
  readonly name: string;
  readonly dir: string;
  readonly status: RunState;
  /** ISO times; `finished` of a run that is done. */
  readonly started: string | null;
  readonly finished: string | null;
  /** Seconds of work of its own stages. */
  readonly seconds: number | null;
  /** Why it failed, or what is wrong with its folder. */
  readonly problem: string | null;
  /** As resolved, without passwords; null if it cannot be read. */
  readonly config: JsonObject | null;
  /** The values of finished stages by path: `AtoB/psnr`. */
  readonly metrics: ReadonlyMap<string, RecordedValue>;
  /** The records of its own stages, by name. */
  readonly records: ReadonlyMap<string, StageRecord>;
}

/** All runs of a folder, the most recently started last. Reads a few small files of each; a broken run is an entry that says so. */
export async function readAllEntries(runsRoot: string): Promise<RunEntry[]> {
  return readEntries((await runNames(runsRoot)).map((name) => join(runsRoot, name)));
}

/** Runs by their folders. */
export async function readEntries(runDirs: readonly string[]): Promise<RunEntry[]> {
  const configs = new ConfigReader();
  const runs = await readRuns(runDirs);
  return mapAtOnce(runs, async (run) => entryOf(run, await configs.read(run.status.dir)));
}

async function entryOf({ status, records }: ReadRun, config: JsonObject | null): Promise<RunEntry> {
  const { name, dir, stages } = status;
  const state = stateOf(status);
  const own = [...records.values()];
  const started = own.map((record) => record.started).sort()[0] ?? (await birthOf(dir));
  const seconds = own.reduce((sum, record) => sum + (record.seconds ?? 0), 0);
  const failure = stages.find(({ state }) => state === 'failed' || state === 'damaged');
  return {
    ...{ name, dir, status: state, started },
    finished:
      state === 'done'
        ? (own
            .flatMap((record) => record.finished ?? [])
            .sort()
            .at(-1) ?? null)
        : null,
    seconds: own.length === 0 ? null : seconds,
    problem: status.problem ?? failure?.reason ?? null,
    ...{ config, metrics: metricsOf(records), records },
  };
}

function stateOf({ runningBy, problem, stages }: RunStatus): RunState {
  const has = (...states: string[]) => stages.some(({ state }) => states.includes(state));
  if (runningBy !== null) return 'running';
  if (has('failed')) return 'failed';
  if (problem !== null || has('damaged')) return 'damaged';
  if (stages.length > 0 && !has('none', 'unfinished')) return 'done';
  return has('done', 'unfinished') ? 'unfinished' : 'new';
}

/** A second stage with values of the same names, such as another evaluation, has them under its name: `again/AtoB/psnr`. */
function metricsOf(records: ReadonlyMap<string, StageRecord>): Map<string, RecordedValue> {
  const metrics = new Map<string, RecordedValue>();
  for (const [stage, { status, outputs }] of records) {
    if (status !== 'done') continue;
    for (const [path, value] of recordedValues(outputs['metrics'])) {
      metrics.set(metrics.has(path) ? `${stage}/${path}` : path, judged(value));
    }
  }
  return metrics;
}

/** Of a metric that only finds faults no value is better: its direction is for the order of single images. */
function judged(value: RecordedValue): RecordedValue {
  if (value.diagnostic !== true) return value;
  const others = Object.entries(value).filter(([key]) => key !== 'better');
  return Object.fromEntries(others) as unknown as RecordedValue;
}

/** Of a run none of whose own stages has begun. */
async function birthOf(dir: string): Promise<string | null> {
  return stat(dir).then(
    ({ birthtime }) => birthtime.toISOString(),
    () => null,
  );
}
