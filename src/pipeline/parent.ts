import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Components } from '../registry/kinds.js';
import type { ResolvedInput } from './planned-stage.js';
import type { Problem } from '../support/problem.js';
import { findRun } from './find-run.js';
import { sha256 } from '../support/hash.js';
import type { GraphStage, StageGraph } from './graph-stage.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { readRecord, type StageRecord } from './stage-record.js';
import { sealFiles } from './sealed-files.js';
import { stageSetAside } from './set-aside.js';

/** The result that `--from RUN` continues. */
export interface ParentStage {
  readonly runName: string;
  readonly input: ResolvedInput;
}

/**
 * Finds the result that `--from` names: of a run, its stage that this config's stage can continue; or a stage's folder, such as one
 * that was set aside. A run's stage must be finished: the fingerprint of work in progress does not identify its progress.
 */
export async function findParent(
  from: string | undefined,
  graph: StageGraph,
  components: Components,
  runsRoot: string,
  cwd: string,
): Promise<Outcome<ParentStage | undefined>> {
  if (from === undefined) return valid(undefined);
  const continuing = graph.find((stage) => stage.component.continues === true);
  if (continuing === undefined) {
    return invalid({
      code: 'nothing-continues',
      message: 'No stage of this config can go on from another run.',
      cure: 'Leave --from out, or add a stage that can, such as train.',
    });
  }
  const canContinue = continuable(continuing, components);
  for (const dir of [resolve(cwd, from), join(runsRoot, from)]) {
    const record = await readRecord(dir);
    if (record !== undefined) return stageAt(dir, record, continuing, canContinue);
  }
  const run = await findRun(from, runsRoot, cwd);
  if (!run.ok) return run;
  const runDir = run.value;
  const setAside: string[] = [];
  for (const entry of await readdir(runDir, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const record = await readRecord(join(runDir, entry.name));
    if (record === undefined || !canContinue(record)) continue;
    if (stageSetAside(entry.name) === undefined)
      return stageAt(join(runDir, entry.name), record, continuing, canContinue);
    setAside.push(entry.name);
  }
  return invalid(neverTrained(basename(runDir), continuing, setAside));
}

/** Whether a result is of the kind that a stage continues: of its type, or of another that provides the same, such as imported networks. */
function continuable({ type, component }: GraphStage, { stage }: Components): (record: StageRecord) => boolean {
  const { provides } = component;
  return ({ parts }) =>
    parts.stage.type === type ||
    (provides !== undefined && stage.has(parts.stage.type) && stage.get(parts.stage.type).provides === provides);
}

/** The stage whose result is in a folder, if it can be continued. */
async function stageAt(
  dir: string,
  record: StageRecord,
  continuing: GraphStage,
  canContinue: (record: StageRecord) => boolean,
): Promise<Outcome<ParentStage>> {
  const [runName, stage] = [basename(dirname(dir)), basename(dir)];
  if (!canContinue(record)) return invalid(otherStage(runName, stage, continuing));
  const isSetAside = stageSetAside(stage) !== undefined;
  if (record.status !== 'done' && !isSetAside) return invalid(unfinished(runName, stage));
  const { outputs, made } = record;
  // A result that was set aside no longer changes: its files identify its progress.
  const fingerprint = record.status === 'done' ? record.fingerprint : await currentFingerprint(dir, record);
  return valid({ runName, input: { dir, fingerprint, outputs, resultId: made } });
}

async function currentFingerprint(dir: string, { fingerprint, made }: StageRecord): Promise<string> {
  return sha256({ fingerprint, made, files: await sealFiles(dir, ['.']) });
}

function neverTrained(run: string, { type }: GraphStage, setAside: readonly string[]): Problem {
  const folders = setAside.map((folder) => join(run, folder)).join(', ');
  return {
    code: 'nothing-to-continue',
    message: `The run ${run} has no stage of type "${type}" to go on from: it was not started there.`,
    cure: setAside.length > 0 ? `It has set some aside: --from ${folders}.` : 'Name a run that has been trained.',
  };
}

function otherStage(run: string, stage: string, { type }: GraphStage): Problem {
  return {
    code: 'nothing-to-continue',
    message: `"${stage}" of the run ${run} is no stage of type "${type}", which this config goes on from.`,
    cure: 'Name the run alone.',
  };
}

function unfinished(run: string, stage: string): Problem {
  return {
    code: 'parent-unfinished',
    message: `Stage "${stage}" of the run ${run} is not finished, so it has no result to go on from.`,
    cure: 'Finish that run first: the command that started it goes on with it.',
  };
}
