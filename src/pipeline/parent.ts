import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Consumed } from './attempt.js';
import type { Problem } from '../support/problem.js';
import { findRun } from './find-run.js';
import type { StageGraph } from './graph.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { readRecord } from './record.js';

/** What `--from RUN` goes on from. */
export interface ParentStage {
  readonly runName: string;
  readonly input: Consumed;
}

/** Finds what `--from` names: in that run, the stage of the type that this config's stage continues. It must be finished: the fingerprint of work in progress does not say how far it is. */
export async function findParent(
  from: string | undefined,
  graph: StageGraph,
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
  const run = await findRun(from, runsRoot, cwd);
  if (!run.ok) return run;
  for (const entry of await readdir(run.value, { withFileTypes: true })) {
    // What was set aside is named `<stage>.<fingerprint>`.
    if (!entry.isDirectory() || entry.name.includes('.')) continue;
    const dir = join(run.value, entry.name);
    const record = await readRecord(dir);
    if (record?.parts.stage.type !== continuing.type) continue;
    const runName = basename(run.value);
    if (record.status !== 'done') return invalid(unfinished(runName, entry.name));
    const { fingerprint, outputs, made } = record;
    return valid({ runName, input: { dir, fingerprint, outputs, made } });
  }
  return invalid({
    code: 'nothing-to-continue',
    message: `The run ${basename(run.value)} has no stage of type "${continuing.type}" to go on from: it was not started there.`,
    cure: 'Name a run that has been trained.',
  });
}

function unfinished(run: string, stage: string): Problem {
  return {
    code: 'parent-unfinished',
    message: `Stage "${stage}" of the run ${run} is not finished, so it has no result to go on from.`,
    cure: 'Finish that run first: the command that started it goes on with it.',
  };
}
