import type { RunRecord } from '../../registry/kinds/record.js';
import type { Tracker, TrackerSite } from '../../registry/kinds/tracker.js';
import type { Json } from '../../support/json.js';
import { ProblemError } from '../../support/problem.js';
import { uploadsOf, type ArtifactUpload } from './mlflow-artifacts.js';
import { MlflowError } from './client/errors.js';
import type { Batch, MlflowClient, Run, RunStatus } from './client/types.js';
import { lastWord, STATUS } from './lifecycle.js';
import { type Model, modelsOf, register } from './registered-models.js';
import { keyOf } from './mlflow-names.js';
import type { MlflowOptions } from './mlflow-options.js';
import { activeRun, openRun } from './mlflow-run.js';
import { startTags } from './tags.js';
import { Uploader } from './upload.js';

/** What is kept between calls, and between processes. */
interface State {
  readonly runId: string;
  /** What the server could not take yet. */
  readonly uploads: readonly ArtifactUpload[];
  /** What waits for those. */
  readonly models: readonly Model[];
}

/**
 * Tells an MLflow server what a run's records say. Everything is sent so that it may be sent again: runs and versions of models are created once
 * by their names, the server has a metric's point once, and files are replaced by the same.
 */
export class MlflowTracker implements Tracker {
  readonly #uploader: Uploader;
  #state: State | undefined;
  #run: Run | undefined;
  #status: RunStatus | undefined;

  constructor(
    private readonly client: MlflowClient,
    private readonly options: MlflowOptions,
    private readonly site: TrackerSite,
  ) {
    this.#state = site.state as State | undefined;
    this.#uploader = new Uploader(client, site.note);
  }

  async take(records: readonly RunRecord[], signal: AbortSignal): Promise<Json> {
    const run = await this.#open(records[0]!, signal);
    try {
      this.#state = await this.#tell(run, records, signal);
      return this.#state as unknown as Json;
    } catch (error) {
      throw await this.#explained(error, run, signal);
    }
  }

  async #open(first: RunRecord, signal: AbortSignal): Promise<Run> {
    if (this.#run === undefined) {
      const { client, options, site } = this;
      this.#run = await openRun(first, { client, options, site, known: this.#state?.runId, signal });
      this.#status = this.#run.status;
    }
    return this.#run;
  }

  /** Order matters where it breaks off: a run is RUNNING while it is told of, and has ended when all of it is there. */
  async #tell(run: Run, records: readonly RunRecord[], signal: AbortSignal): Promise<State> {
    const { client, site, options } = this;
    const { runId } = run;
    const word = lastWord(records);
    if (word?.kind === 'run-started') await this.#become('RUNNING', run, signal);
    await client.log(runId, this.#batchOf(records), signal);

    const uploads = [...(this.#state?.uploads ?? []), ...uploadsOf(records, options.artifacts, site)];
    const models = [...(this.#state?.models ?? []), ...modelsOf(records, options.register, site)];
    const left = await this.#uploader.upload(run, uploads, signal);
    // While the run goes on, what is left is tried with the next records; then there are none.
    if (left.why !== undefined && word?.kind === 'run-ended') throw left.why;
    if (left.why !== undefined) return { runId, uploads: left.uploads, models };

    await register(models, { client, site, run, signal });
    if (word?.kind === 'run-ended') await this.#become(STATUS[word.value.status], run, signal, word.time);
    return { runId, uploads: [], models: [] };
  }

  async #become(status: RunStatus, { runId }: Run, signal: AbortSignal, endTime?: number): Promise<void> {
    if (this.#status === status && endTime === undefined) return;
    await this.client.updateRun(runId, { status, ...(endTime !== undefined && { endTime }) }, signal);
    this.#status = status;
  }

  #batchOf(records: readonly RunRecord[]): Batch {
    const metrics = records.flatMap((record) => {
      if (record.kind !== 'metric') return [];
      const { name, value, time, step } = record;
      return [{ key: keyOf(name), value, timestamp: time, step }];
    });
    return { metrics, tags: tagsOf(records), ...(this.#state === undefined && { params: paramsOf(this.site) }) };
  }

  /** What may pass is thrown as it is. */
  async #explained(error: unknown, run: Run, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof MlflowError) || error.temporary) return error;
    const { client, site } = this;
    if ((await activeRun(run.runId, { client, signal })) === undefined) {
      return new ProblemError({
        code: 'mlflow-run-deleted',
        message: `The MLflow run ${run.runId} was deleted on the server.`,
        cure: `\`runner sync ${site.runName}\`, or the next \`runner run\`, makes it anew from the journal.`,
      });
    }
    return new ProblemError({
      code: 'mlflow-refused',
      message: `MLflow refuses what it is told: ${error.message}`,
      cure: `When that is mended, \`runner sync ${site.runName}\` goes on where it stopped.`,
    });
  }
}

function tagsOf(records: readonly RunRecord[]): Record<string, string> {
  const start = records.findLast((record) => record.kind === 'run-started');
  const word = lastWord(records);
  return {
    ...(start && startTags(start)),
    ...(word && { 'runner.status': word.kind === 'run-started' ? 'running' : word.value.status }),
  };
}

function paramsOf({ params }: TrackerSite): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([path, value]) => [keyOf(path), String(value)]));
}
