import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Config } from '../../registry/config.js';
import type { Components } from '../../registry/kinds.js';
import { readIndex } from '../../data/store/read-index.js';
import type { ReportStage, ReportState, RunReport } from '../../report/run/run-report.js';
import { isJsonObject, type JsonObject } from '../../support/json.js';
import { hidePasswords } from '../../support/passwords.js';
import { isSides, type Sides } from '../../support/sides.js';
import { readJournalContent } from '../journal-content.js';
import { runFile } from '../paths.js';
import { readRuns, type RunStatus } from '../run-status.js';
import type { StageRecord } from '../stage-record.js';
import { curvesOf } from '../tracking/curves.js';
import { reportedDifferences } from './reported-differences.js';
import { environmentIn } from './environment-of-run.js';
import { evaluationsIn } from './evaluations-in.js';
import { stepsPerEpochOf } from './steps-per-epoch.js';

/** How the process that writes the report leaves the run; undefined if another process may still work on it. */
export type Ending = 'finished' | 'failed' | 'interrupted' | undefined;

/** Reads what a report shows from a run's folder. Whatever cannot be read is missing from the report. */
export async function gatherReport(runDir: string, components: Components, ending: Ending): Promise<RunReport> {
  const [{ status, records }] = (await readRuns([runDir])) as [Awaited<ReturnType<typeof readRuns>>[number]];
  const yaml = await readFile(runFile.config(runDir), 'utf8').catch(() => null);
  const config = configIn(yaml);
  const all = [...records.values()];
  const stages = stagesOf(status, records, ending);
  const { curves, samples, warnings } = readJournalContent(runDir);
  const stepsPerEpoch = stepsPerEpochOf(records, curves);
  const drawing = drawingOf(config, components);
  const failure = stages.find(({ state }) => state === 'failed' || state === 'damaged');
  return {
    name: basename(runDir),
    state: stateOf(status, stages, ending),
    problem: status.problem ?? failure?.reason ?? null,
    stages,
    progress: status.stages.find(({ progress }) => progress?.phase != null)?.progress?.phase ?? null,
    started: all.map(({ started }) => started).sort()[0] ?? null,
    config: config === null ? null : yaml,
    differences: config === null ? null : await reportedDifferences(config, records, dirname(runDir), components),
    evaluations: await evaluationsIn(runDir, records, stepsPerEpoch),
    curves,
    lossCharts: drawing.losses.map(({ title, tags }) => ({ title, names: tags })),
    descriptions: drawing.descriptions,
    stepsPerEpoch,
    samples,
    data: await dataOf(all, dirname(runDir)),
    environment: await environmentIn(runDir, records),
    warnings,
  };
}

/** The size of the networks' images, of a config that can be read. */
export function imageSizeIn({ config }: RunReport): Sides | null {
  const dataset = configIn(config)?.['dataset'] ?? null;
  const size = isJsonObject(dataset) ? dataset['image_size'] : null;
  return isSides(size) ? size : null;
}

function configIn(yaml: string | null): JsonObject | null {
  try {
    const config: unknown = yaml === null ? null : parse(yaml, { logLevel: 'error' });
    return isJsonObject(config) ? hidePasswords(config) : null;
  } catch {
    return null;
  }
}

/** The stages of the process that ends: its lock is still held, so one that it left looks like one at work. */
function stagesOf({ stages }: RunStatus, records: ReadonlyMap<string, StageRecord>, ending: Ending): ReportStage[] {
  return stages.map(({ name, state, reason, seconds, finished }) => {
    const record = records.get(name);
    const left = record?.status === 'failed' || ending === 'failed' ? 'failed' : 'unfinished';
    return {
      name,
      state: state === 'running' && ending !== undefined ? left : state === 'none' ? 'not started' : state,
      reason: reason ?? record?.problem?.message ?? null,
      seconds,
      finished,
    };
  });
}

function stateOf({ runningBy, problem }: RunStatus, stages: readonly ReportStage[], ending: Ending): ReportState {
  if (ending === 'failed' || stages.some(({ state }) => state === 'failed' || state === 'damaged')) return 'failed';
  if (ending === undefined && runningBy !== null) return 'running';
  const isDone = problem === null && stages.length > 0 && stages.every(({ state }) => state === 'done');
  return isDone ? 'done' : 'unfinished';
}

/** A config of another version, or of plugins that are not loaded, has no descriptions. */
function drawingOf(config: JsonObject | null, components: Components): ReturnType<typeof curvesOf> {
  try {
    return curvesOf(config as unknown as Config, components);
  } catch {
    return { descriptions: {}, losses: [], metrics: [] };
  }
}

async function dataOf(records: readonly StageRecord[], runsRoot: string): Promise<RunReport['data']> {
  const dirs = records.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([kind, { dir }]) => (kind === 'dataset' ? dir : [])),
  );
  return dirs[0] === undefined ? null : readIndex(join(runsRoot, dirs[0])).catch(() => null);
}
