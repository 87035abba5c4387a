import { readFileSync } from 'node:fs';
import { MlflowError } from '../../../src/tracking/mlflow/client/errors.js';
import type {
  Batch,
  Dataset,
  Metric,
  MlflowClient,
  NewLoggedModel,
  NewModelVersion,
  NewRun,
  Run,
  RunChange,
} from '../../../src/tracking/mlflow/client/types.js';

type Call =
  | 'experiment'
  | 'createRun'
  | 'getRun'
  | 'updateRun'
  | 'log'
  | 'uploadArtifact'
  | 'registerModel'
  | 'setTags'
  | 'logInputs'
  | 'logModel'
  | 'logMetrics';

export class FakeRun {
  status: Run['status'] = 'RUNNING';
  endTime: number | undefined;
  deleted = false;
  readonly statuses: string[] = [];
  runName: string;
  readonly tags: Record<string, string>;
  readonly params: Record<string, string> = {};
  /** Unique, as in MLflow's SQL stores. */
  readonly points = new Map<string, Metric>();
  readonly files = new Map<string, string>();
  /** By digest. */
  readonly datasets = new Map<string, Dataset>();

  constructor(
    readonly runId: string,
    readonly experimentId: string,
    readonly newRun: Pick<NewRun, 'runName' | 'startTime'> & Pick<Partial<NewRun>, 'id' | 'tags'>,
  ) {
    this.runName = newRun.runName;
    this.tags = { ...newRun.tags, ...(newRun.id !== undefined && { 'runner.id': newRun.id }) };
  }

  history(key: string): [step: number, value: number][] {
    return [...this.points.values()].filter((point) => point.key === key).map(({ step, value }) => [step, value]);
  }

  asRun(): Run {
    const { runId, experimentId, runName, status, endTime, tags, params, deleted, newRun } = this;
    const { startTime } = newRun;
    const lifecycleStage = deleted ? 'deleted' : 'active';
    const artifactUri = `mlflow-artifacts:/${experimentId}/${runId}/artifacts`;
    return {
      runId,
      experimentId,
      runName,
      status,
      startTime,
      endTime,
      artifactUri,
      lifecycleStage,
      tags,
      params,
      metrics: {},
    };
  }
}

/** A server that behaves like MLflow, as far as the tracker depends on it, and fails on request. */
export class FakeMlflow implements Partial<MlflowClient> {
  readonly trackingUri = 'http://fake';
  readonly experiments: string[] = [];
  readonly runs: FakeRun[] = [];
  readonly versions: NewModelVersion[] = [];
  readonly models: NewLoggedModel[] = [];
  /** Of models, in order. */
  readonly modelMetrics: Metric[] = [];
  /** Every call, in order. */
  readonly calls: Call[] = [];
  /** Makes a call fail, before or after it was carried out. */
  fail: ((call: Call, when: 'before' | 'after', detail: string) => Error | undefined) | undefined;

  get client(): MlflowClient {
    return this as unknown as MlflowClient;
  }

  get run(): FakeRun {
    return this.runs.at(-1)!;
  }

  experiment = (name: string) =>
    this.#do('experiment', name, () => {
      if (!this.experiments.includes(name)) this.experiments.push(name);
      return { experimentId: name, name, artifactLocation: '', lifecycleStage: 'active' as const, tags: {} };
    });

  createRun = (newRun: NewRun) =>
    this.#do('createRun', newRun.id, () => {
      let run = this.runs.find(({ tags, deleted }) => tags['runner.id'] === newRun.id && !deleted);
      if (run === undefined)
        this.runs.push((run = new FakeRun(`run${this.runs.length + 1}`, newRun.experimentId, newRun)));
      return run.asRun();
    });

  getRun = (runId: string) => this.#do('getRun', runId, () => this.#find(runId).asRun());

  updateRun = (runId: string, { status, endTime, runName }: RunChange) =>
    this.#do('updateRun', status ?? '', () => {
      const run = this.#active(runId);
      // MLflow sets an omitted status to RUNNING, too.
      run.status = status ?? 'RUNNING';
      run.runName = runName ?? run.runName;
      run.endTime = endTime ?? run.endTime;
      run.statuses.push(run.status);
    });

  setTags = (runId: string, tags: Readonly<Record<string, string>>) =>
    this.#do('setTags', runId, () => void Object.assign(this.#active(runId).tags, tags));

  log = (runId: string, { metrics = [], params = {}, tags = {} }: Batch) =>
    this.#do('log', runId, () => {
      const run = this.#active(runId);
      for (const metric of metrics) run.points.set(JSON.stringify([metric, String(metric.value)]), metric);
      Object.assign(run.params, params);
      Object.assign(run.tags, tags);
    });

  uploadArtifact = (run: Pick<Run, 'artifactUri'>, path: string, file: string | Uint8Array) =>
    this.#do('uploadArtifact', path, () => {
      const content = typeof file === 'string' ? readFileSync(file, 'utf8') : Buffer.from(file).toString();
      this.#find(run.artifactUri.split('/').at(-2)!).files.set(path, content);
    });

  registerModel = (model: NewModelVersion) =>
    this.#do('registerModel', model.name, () => {
      const same = ({ name, source }: NewModelVersion) => name === model.name && source === model.source;
      if (!this.versions.some(same)) this.versions.push(model);
      return { ...model, version: '1', status: 'READY', tags: {} };
    });

  logInputs = (runId: string, datasets: readonly Dataset[]) =>
    this.#do('logInputs', runId, () => {
      for (const dataset of datasets) this.#active(runId).datasets.set(dataset.digest, dataset);
    });

  logModel = (model: NewLoggedModel) =>
    this.#do('logModel', model.name, () => {
      if (!this.models.some(({ id }) => id === model.id)) this.models.push(model);
      return `m-${model.id}`;
    });

  logMetrics = (_: string, metrics: readonly Metric[]) =>
    this.#do('logMetrics', '', () => void this.modelMetrics.push(...metrics));

  #find(runId: string): FakeRun {
    const run = this.runs.find((one) => one.runId === runId);
    if (run === undefined) throw refusal('RESOURCE_DOES_NOT_EXIST', `No Run with id=${runId} exists`);
    return run;
  }

  #active(runId: string): FakeRun {
    const run = this.#find(runId);
    if (run.deleted) throw refusal('INVALID_PARAMETER_VALUE', `The run ${runId} must be in the 'active' state.`);
    return run;
  }

  #do<T>(call: Call, detail: string, work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.calls.push(call);
      const before = this.fail?.(call, 'before', detail);
      if (before !== undefined) throw before;
      const done = work();
      const after = this.fail?.(call, 'after', detail);
      if (after !== undefined) throw after;
      return done;
    });
  }
}

/** A permanent error. */
export function refusal(errorCode: string, message: string): MlflowError {
  return new MlflowError(message, { status: 400, errorCode, method: 'POST', path: '/', temporary: false });
}

/** The error of a call to a server that is down or busy. */
export function outage(): MlflowError {
  return new MlflowError('http://fake does not answer.', { method: 'POST', path: '/', temporary: true });
}
