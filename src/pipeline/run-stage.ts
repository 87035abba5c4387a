import type { Components } from '../registry/kinds.js';
import type { Program } from '../registry/program.js';
import type { StageEnd } from './child/protocol.js';
import type { Supervision } from './child/run-in-child.js';
import { failureOf } from './stage-failure.js';
import { perform, type StageJob } from './perform.js';

/** Runs a stage where it belongs: in a process of its own when it uses the native engine, else here. Never throws. */
export async function runStage(
  job: StageJob,
  { components, stageProcess }: { readonly components: Components; readonly stageProcess: Program['stageProcess'] },
  supervision: Supervision,
): Promise<StageEnd> {
  try {
    if (!components.stage.get(job.type).engine) return await runHere(job, components, supervision);
    // Loaded when it is needed: "up to date" should be quick.
    const { runInChild } = await import('./child/run-in-child.js');
    return await runInChild(job, stageProcess, supervision);
  } catch (error) {
    return failureOf(error, `Stage "${job.stage}"`);
  }
}

async function runHere(job: StageJob, components: Components, supervision: Supervision): Promise<StageEnd> {
  const work = perform(job, components, supervision.stop, {
    emit: (event) => supervision.onEvent(event, Date.now()),
    recorded: () => Promise.resolve(void supervision.record()),
  });
  return Promise.race([work, interruption(supervision.stopNow)]);
}

function interruption(stopNow: AbortSignal): Promise<StageEnd> {
  return new Promise((resolve) => {
    const interrupt = () => resolve({ status: 'interrupted' });
    if (stopNow.aborted) interrupt();
    else stopNow.addEventListener('abort', interrupt, { once: true });
  });
}
