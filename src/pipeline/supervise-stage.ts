import { availableParallelism } from 'node:os';
import type { Components } from '../registry/kinds.js';
import type { Program } from '../registry/program.js';
import { DEVICE_VARIABLE, deviceOf } from '../support/device.js';
import { callStage } from './call-stage.js';
import { failureOf } from './stage-failure.js';
import type { StageEnd, StageJob } from './stage-job.js';
import type { Supervision } from './supervision.js';
import { viewOf } from './view.js';

/** Calls a stage: in a separate process if it uses the native engine, else here. Never throws. */
export async function superviseStage(
  job: StageJob,
  { components, stageProcess }: { readonly components: Components; readonly stageProcess: Program['stageProcess'] },
  supervision: Supervision,
): Promise<StageEnd> {
  try {
    if (!components.stage.get(job.type).engine) return await superviseHere(job, components, supervision);
    // Loaded on demand: a run that is up to date should end quickly.
    const { superviseChild } = await import('./child/supervise-child.js');
    const title = `The process of stage "${job.stage}"`;
    const device = deviceOf(job.config.engine.device, process.env);
    const env = { ...engineSettings(job, components), [DEVICE_VARIABLE]: String(device) };
    return await superviseChild(job, { file: stageProcess, title, env }, supervision);
  } catch (error) {
    return failureOf(error, `Stage "${job.stage}"`);
  }
}

/** The settings that the stage wants and the user has not made. */
function engineSettings(job: StageJob, components: Components): NodeJS.ProcessEnv {
  const config = viewOf(job.config, job.sees, job.stage);
  const stage = components.stage.get(job.type).create(job.options as never);
  const wanted = stage.engineSettings?.({ config, components, required: job.required }, availableParallelism()) ?? {};
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => process.env[name] === undefined));
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
