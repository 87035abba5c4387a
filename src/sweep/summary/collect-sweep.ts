import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { directionsIn, meansOf, type MeasuredDirections } from '../../evaluation/recorded-values.js';
import type { Config } from '../../registry/config.js';
import { readRecord } from '../../pipeline/stage-record.js';
import { runFile } from '../../pipeline/paths.js';
import { runFinder } from '../../pipeline/run-name.js';
import { mapAtOnce } from '../../support/at-once.js';
import { type FrozenSweep, type FrozenTrial, readTrialConfig } from '../frozen.js';
import { readRungs, rungMetric } from '../halving.js';
import { compareValues } from '../ranking-order.js';
import { stateOf } from '../trial-states.js';
import { readTrial, type TrialRecord } from '../trial/trial-record.js';
import type { SweepSummary, TrialState, TrialSummary } from './sweep-summary.js';

/** Collects the summary of a sweep from its trial records. @param dir the sweep's folder @param runsRoot the folder of its runs */
export async function collect(dir: string, sweep: FrozenSweep, runsRoot: string): Promise<SweepSummary> {
  const continuing = (await readRungs(dir)).at(-1)?.kept;
  const found = await mapAtOnce(sweep.trials, (trial) => find(trial, dir));
  const paths = new Set(found.flatMap(({ record }) => Object.keys(record?.metrics ?? {})));
  const shared = { runsRoot, folderOf: await runFinder(runsRoot), measured: directionsIn(paths), continuing };
  const trials = await mapAtOnce(found, (each) => summarize(each, dir, sweep, shared));
  const names = unique(trials.flatMap(({ metrics }) => Object.keys(metrics)));
  const rungs = rungsAmong(names, sweep);
  return {
    name: sweep.name,
    dir,
    created: sweep.created,
    command: sweep.command,
    metric: sweep.metric,
    axes: sweep.axes.map((axis) => ({ ...axis, values: unique(sweep.trials.map(({ params }) => params[axis.path]!)) })),
    metrics: [...names.filter((name) => !rungs.includes(name)), ...rungs],
    rungs,
    trials,
    ranking: ranked(trials, sweep, rungs),
  };
}

/** A trial as it is on disk. */
interface Found {
  readonly trial: FrozenTrial;
  readonly record: TrialRecord | undefined;
  readonly state: TrialState;
}

async function find(trial: FrozenTrial, dir: string): Promise<Found> {
  const record = await readTrial(dir, trial.id);
  return { trial, record, state: await stateOf(dir, trial.id, record) };
}

/** What the summaries of all trials need. */
interface Shared {
  readonly runsRoot: string;
  /** The folder of a run by its name. */
  readonly folderOf: (run: string) => string;
  readonly measured: MeasuredDirections;
  /** The trials that successive halving chose last. */
  readonly continuing: readonly number[] | undefined;
}

async function summarize(
  { trial, record, state }: Found,
  dir: string,
  sweep: FrozenSweep,
  { runsRoot, folderOf, measured, continuing }: Shared,
): Promise<TrialSummary> {
  const isPruned = continuing !== undefined && !continuing.includes(trial.id) && state !== 'done';
  const metrics = { ...withMeans(record?.metrics ?? {}, measured), ...rungsOf(record, sweep) };
  const run = folderOf(record?.run ?? trial.run);
  const runDir = join(runsRoot, run);
  const shown: TrialState = isPruned ? 'pruned' : state;
  return {
    id: trial.id,
    label: trial.label,
    params: trial.params,
    state: shown,
    run,
    runDir,
    metrics,
    value: metrics[sweep.metric.name] ?? null,
    seconds: secondsOf(record),
    problem: problemOf(shown, record),
    images: state === 'done' ? await imagesOf(runDir, await readTrialConfig(dir, trial.id)) : {},
  };
}

/** The values that successive halving measured for a trial, by metric name. */
function rungsOf(record: TrialRecord | undefined, { halving }: FrozenSweep): Record<string, number> {
  if (halving === null || record === undefined) return {};
  const rungs = Object.entries(record.rungs);
  return Object.fromEntries(rungs.map(([epochs, value]) => [rungMetric(halving, Number(epochs)), value]));
}

/** The metric names of successive halving, in the order of its rounds. */
function rungsAmong(names: readonly string[], { halving }: FrozenSweep): string[] {
  if (halving === null) return [];
  const rungs: string[] = [];
  const nameAt = (epochs: number) => rungMetric(halving, epochs);
  for (let { epochs } = halving; names.includes(nameAt(epochs)); epochs *= halving.factor) rungs.push(nameAt(epochs));
  return rungs;
}

/** With the means over directions; a value of a stage comes before a mean of the same name. */
function withMeans(metrics: Readonly<Record<string, number>>, measured: MeasuredDirections): Record<string, number> {
  const means = meansOf(new Map(Object.entries(metrics).map(([name, value]) => [name, { value }])), measured);
  return { ...Object.fromEntries([...means].map(([name, { value }]) => [name, value])), ...metrics };
}

function secondsOf(record: TrialRecord | undefined): number | null {
  const ended = record?.attempts.filter(({ finished }) => finished !== null) ?? [];
  return ended.length === 0 ? null : ended.reduce((sum, { seconds }) => sum + seconds, 0);
}

function problemOf(state: TrialState, record: TrialRecord | undefined): string | null {
  if (state === 'crashed') return 'its process ended unexpectedly';
  return state === 'failed' ? (record?.problems[0] ?? null) : null;
}

/** The grids of test images from its evaluation, by direction. */
async function imagesOf(runDir: string, config: Config | undefined): Promise<Record<string, string>> {
  const images: Record<string, string> = {};
  for (const name of Object.keys(config?.stages ?? {})) {
    const stage = runFile.stage(runDir, name);
    const grids = (await readRecord(stage))?.outputs['grids'];
    for (const grid of Array.isArray(grids) ? grids : []) {
      const path = join(stage, String(grid));
      if (existsSync(path)) images[String(grid).replace(/\.\w+$/, '')] = path;
    }
  }
  return images;
}

/** The best first; trials without a finite value by their last halving round and its value; of equals, the earlier. */
function ranked(trials: readonly TrialSummary[], { metric, halving }: FrozenSweep, rungs: readonly string[]) {
  const deepestFirst = [...rungs].reverse();
  return [...trials].sort((a, b) => {
    const byValue = compareValues(a.value, b.value, metric.better);
    // The first round in which they differ decides.
    const byRung = () =>
      deepestFirst
        .map((name) => compareValues(a.metrics[name], b.metrics[name], halving!.better))
        .find((order) => order !== 0);
    return byValue || (byRung() ?? a.id - b.id);
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
