import type { Components } from '../registry/kinds.js';
import type { Program } from '../registry/program.js';
import { callStage } from './call-stage.js';
import { failureOf } from './stage-failure.js';
import type { StageEnd, StageJob } from './stage-job.js';
import type { Supervision } from './supervision.js';

/** Has a stage called where it belongs: in a process of its own when it uses the native engine, else here. Never throws. */
export async function superviseStage(
  job: StageJob,
  { components, stageProcess }: { readonly components: Components; readonly stageProcess: Program['stageProcess'] },
  supervision: Supervision,
): Promise<StageEnd> {
  try {
    if (!components.stage.get(job.type).engine) return await superviseHere(job, components, supervision);
    // Loaded when it is needed: "up to date" should be quick.
    const { superviseChild } = await import('./child/supervise-child.js');
    return await superviseChild(job, stageProcess, supervision);
  } catch (error) {
    return failureOf(error, `Stage "${job.stage}"`);
  }
}

async function superviseHere(job: StageJob, components: Components, supervision: Supervision): Promise<StageEnd> {
  const called = callStage(job, components, supervision.stop, {
    emit: (event) => supervision.onEvent(event, Date.now()),
    recorded: () => Promise.resolve(void supervision.record()),
  });
  return Promise.race([called, interruption(supervision.stopNow)]);
}

function interruption(stopNow: AbortSignal): Promise<StageEnd> {
  return new Promise((resolve) => {
    const interrupt = () => resolve({ status: 'interrupted' });
    if (stopNow.aborted) interrupt();
    else stopNow.addEventListener('abort', interrupt, { once: true });
  });
}
