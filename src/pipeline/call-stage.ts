import type { Components } from '../registry/kinds.js';
import type { StageContext, StageResult } from '../registry/kinds/stage.js';
import type { StageJob } from './stage-job.js';
import { viewOf } from './view.js';

/** Calls the stage's code in this process, with only what the stage declares. */
export async function callStage(
  job: StageJob,
  components: Components,
  signal: AbortSignal,
  reporter: Pick<StageContext, 'emit' | 'recorded'>,
): Promise<StageResult> {
  const { required, dir, inputs, parent, earlier, runName } = job;
  const stage = components.stage.get(job.type).create(job.options as never);
  const config = viewOf(job.config, job.sees, job.stage);
  try {
    return await stage.run({
      config,
      components,
      required,
      dir,
      inputs,
      parent,
      earlier,
      runName,
      signal,
      ...reporter,
    });
  } catch (error) {
    // Library calls report an aborted signal this way.
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') return { status: 'interrupted' };
    throw error;
  }
}
