import type { RunRecord } from '../../registry/kinds/record.js';
import type { Tracker, TrackerSite } from '../../registry/kinds/tracker.js';
import type { Json } from '../../support/json.js';
import { ProblemError } from '../../support/problem.js';
import { uploadsOf, type ArtifactUpload } from './mlflow-artifacts.js';
import { MlflowError } from './client/errors.js';
import type { Batch, Dataset, MlflowClient, Run, RunStatus } from './client/types.js';
import { type Checkpoints, NO_CHECKPOINTS, withRecords } from './kept-checkpoints.js';
import { lastLifecycleRecord, STATUS } from './lifecycle.js';
import { type Model, modelsOf, register } from './registered-models.js';
import { logModels, whereSupported } from './logged-models.js';
import { datasetsOf } from './mlflow-datasets.js';
import { keyOf } from './mlflow-names.js';
import type { MlflowOptions } from './mlflow-options.js';
import { activeRun, openRun } from './mlflow-run.js';
import { startTags } from './tags.js';
import { Uploader } from './uploader.js';

/** The state kept between calls and between processes. */
interface State {
  readonly runId: string;
  /** Uploads that the server could not accept yet. */
  readonly uploads: readonly ArtifactUpload[];
  /** Models to register after those uploads. */
  readonly models: readonly Model[];
  /** Missing in states of older versions. */
  readonly checkpoints?: Checkpoints;
  /** The data sets of the run so far. */
  readonly datasets?: readonly Dataset[];
}

/**
 * Sends a run's records to an MLflow server. Everything may be sent again: runs and model versions are created once by their names, the
 * server keeps each point of a metric once, and files are replaced by equal ones.
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
      this.#state = await this.#send(run, records, signal);
      return this.#state as unknown as Json;
    } catch (error) {
      throw await this.#explain(error, run, signal);
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

  /** The order matters after a crash: a run is RUNNING while its records are sent, and ends after all of them. */
  async #send(run: Run, records: readonly RunRecord[], signal: AbortSignal): Promise<State> {
    const { client, site, options } = this;
    const { runId } = run;
    const last = lastLifecycleRecord(records);
    if (last?.kind === 'run-started') await this.#setStatus('RUNNING', run, signal);
    await client.log(runId, this.#batchOf(records), signal);
    const kept = await this.#describe(run, records, signal);

    const uploads = [...(this.#state?.uploads ?? []), ...uploadsOf(records, options.artifacts, site)];
    const models = [...(this.#state?.models ?? []), ...modelsOf(records, options.register, site)];
    const left = await this.#uploader.upload(run, uploads, signal);
    // While the run continues, remaining uploads are tried with the next records; at its end there are none.
    if (left.why !== undefined && last?.kind === 'run-ended') throw left.why;
    if (left.why !== undefined) return { runId, uploads: left.uploads, models, ...kept };

    await register(models, { client, site, run, signal });
    if (last?.kind === 'run-ended') await this.#setStatus(STATUS[last.value.status], run, signal, last.time);
    return { runId, uploads: [], models: [], ...kept };
  }

  /** Logs the data sets and the kept checkpoints. */
  async #describe(run: Run, records: readonly RunRecord[], signal: AbortSignal) {
    const { client, site } = this;
    const before = this.#state?.datasets ?? [];
    const begun = datasetsOf(records, site);
    if (begun.length > 0) await whereSupported(() => client.logInputs(run.runId, begun, signal));
    const datasets = [...before.filter(({ context }) => begun.every((one) => one.context !== context)), ...begun];

    const earlier = this.#state?.checkpoints ?? NO_CHECKPOINTS;
    const checkpoints = withRecords(earlier, records, site);
    if (checkpoints !== earlier)
      await whereSupported(() => logModels(checkpoints, { client, site, run, datasets, signal }));
    return { datasets, checkpoints };
  }

  async #setStatus(status: RunStatus, { runId }: Run, signal: AbortSignal, endTime?: number): Promise<void> {
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

  /** Temporary errors are returned unchanged. */
  async #explain(error: unknown, run: Run, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof MlflowError) || error.temporary) return error;
    const { client, site } = this;
    if ((await activeRun(run.runId, { client, signal })) === undefined) {
      return new ProblemError({
        code: 'mlflow-run-deleted',
        message: `The MLflow run ${run.runId} was deleted on the server.`,
        cure: `\`runner sync ${site.runName}\`, or the next \`runner run\`, recreates it from the journal.`,
      });
    }
    return new ProblemError({
      code: 'mlflow-refused',
      message: `MLflow refuses the run's records: ${error.message}`,
      cure: `When that is fixed, \`runner sync ${site.runName}\` continues where it stopped.`,
    });
  }
}

function tagsOf(records: readonly RunRecord[]): Record<string, string> {
  const start = records.findLast((record) => record.kind === 'run-started');
  const last = lastLifecycleRecord(records);
  return {
    ...(start && startTags(start)),
    ...(last && { 'runner.status': last.kind === 'run-started' ? 'running' : last.value.status }),
  };
}

function paramsOf({ params }: TrackerSite): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([path, value]) => [keyOf(path), String(value)]));
}
