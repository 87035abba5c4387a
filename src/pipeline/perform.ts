import type { Config } from '../config/config.js';
import type { Components } from '../registry/kinds.js';
import type { ArtifactKind, StageContext, StageInput, StageResult } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import { viewOf } from './view.js';

/** All that a stage needs to be run, in this process or another: plain data. */
export interface StageJob {
  readonly config: Config;
  /** Its name in the graph, and its registered component. */
  readonly stage: string;
  readonly type: string;
  readonly options: JsonObject;
  readonly reads: readonly string[];
  readonly dir: string;
  readonly inputs: Readonly<Record<ArtifactKind, StageInput>>;
  readonly parent?: StageInput;
  /** See {@link StageContext.earlier}. */
  readonly earlier: readonly string[];
  readonly runName: string;
  readonly runDir: string;
}

/** Runs a stage here, with what it declares and nothing else. */
export async function perform(
  job: StageJob,
  components: Components,
  signal: AbortSignal,
  teller: Pick<StageContext, 'emit' | 'recorded'>,
): Promise<StageResult> {
  const { dir, inputs, parent, earlier, runName } = job;
  const stage = components.stage.get(job.type).create(job.options as never);
  const config = viewOf(job.config, job.reads, job.stage);
  try {
    return await stage.run({ config, components, dir, inputs, parent, earlier, runName, signal, ...teller });
  } catch (error) {
    // The usual way of library calls to obey a signal.
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') return { status: 'interrupted' };
    throw error;
  }
}
