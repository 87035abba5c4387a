/** An experiment of MLflow: a named collection of runs. */
export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: 'active' | 'deleted';
  readonly tags: Readonly<Record<string, string>>;
}

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface Run {
  readonly runId: string;
  readonly experimentId: string;
  readonly runName: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly endTime: number | undefined;
  /** The location of its files: `mlflow-artifacts:/1/4c3d/artifacts`, a folder, `s3://...`. */
  readonly artifactUri: string;
  readonly lifecycleStage: 'active' | 'deleted';
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Metric {
  readonly key: string;
  /** Any number. SQL stores keep infinities as ±1.7976931348623157e308. */
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
  /** The logged model that it measures; MLflow 3 shows it with the model. */
  readonly modelId?: string;
  /** The data set on which it was measured: see {@link MlflowClient.logInputs}. */
  readonly dataset?: Pick<Dataset, 'name' | 'digest'>;
}

/** A data set of a run. */
export interface Dataset {
  readonly name: string;
  /** Identifies its content; at most 36 characters. */
  readonly digest: string;
  /** Its kind and a description of its origin, such as JSON. */
  readonly sourceType: string;
  readonly source: string;
  /** What is in it, such as JSON with counts. */
  readonly profile?: string;
  /** What the run does with it: `training`, `validation`, `test`. */
  readonly context: string;
}

/** A model that a run produced: a checkpoint, for example. Since MLflow 3. */
export interface NewLoggedModel {
  readonly experimentId: string;
  readonly runId: string;
  readonly name: string;
  readonly modelType: string;
  /** The step of the run at which it was made. */
  readonly step: number;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Permanent id, stored as its tag `runner.id`: letters, digits and `._,=:+-`. It is logged once. */
  readonly id: string;
}

export interface NewRun {
  readonly experimentId: string;
  readonly runName: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Permanent id of the run, stored as its tag `runner.id`: letters, digits and `._,=:+-`. No other run with this id is created while the
   * experiment has one that is not deleted.
   */
  readonly id: string;
}

export interface RunChange {
  readonly status?: RunStatus;
  /** Milliseconds since 1970. */
  readonly endTime?: number;
  readonly runName?: string;
}

export interface RunSearch {
  readonly experimentIds: readonly string[];
  /** In MLflow's syntax: ``tags.`mlflow.parentRunId` = '4c3d'``. */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  /** Active runs by default. */
  readonly view?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
  /** Maximum number of runs to return; all by default. */
  readonly limit?: number;
}

export interface Batch {
  readonly metrics?: readonly Metric[];
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Artifact {
  /** Relative to the run's artifacts. */
  readonly path: string;
  readonly isDir: boolean;
  /** In bytes. */
  readonly fileSize: number | undefined;
}

export interface ModelVersion {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The part of an MLflow server's REST API that is about runs, their files and their registered models.
 *
 * Every call retries temporary failures, after growing pauses. When it gives up, or the server refuses, it rejects with
 *
 * - `MlflowError`, whose `temporary` says whether a retry may succeed;
 * - `ProblemError` for what the user must fix: a wrong password, an address without MLflow, an untrusted certificate;
 * - the signal's reason, when that is aborted.
 *
 * No message contains a password or a token.
 */
export interface MlflowClient {
  /** The server's address, without credentials. */
  readonly trackingUri: string;

  /** Finds an experiment by its name, or creates it. @throws ProblemError for a deleted one, with how to restore it */
  experiment(name: string, signal?: AbortSignal): Promise<Experiment>;
  /** @throws MlflowError RESOURCE_DOES_NOT_EXIST */
  experimentById(experimentId: string, signal?: AbortSignal): Promise<Experiment>;

  /** Creates a run, once for each id, even if a response is lost or another process requests the same. */
  createRun(run: NewRun, signal?: AbortSignal): Promise<Run>;
  /** Returns deleted runs, too. @throws MlflowError RESOURCE_DOES_NOT_EXIST */
  getRun(runId: string, signal?: AbortSignal): Promise<Run>;
  updateRun(runId: string, change: RunChange, signal?: AbortSignal): Promise<void>;
  deleteRun(runId: string, signal?: AbortSignal): Promise<void>;
  searchRuns(search: RunSearch, signal?: AbortSignal): Promise<Run[]>;

  /**
   * Logs any number of metrics, params and tags, in as few requests as the server's limits allow. Logging the same again changes nothing.
   */
  log(runId: string, batch: Batch, signal?: AbortSignal): Promise<void>;
  setTags(runId: string, tags: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  /**
   * Cuts values that are too long for the server. @throws MlflowError INVALID_PARAMETER_VALUE for a param that already has another value
   */
  logParams(runId: string, params: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  logMetrics(runId: string, metrics: readonly Metric[], signal?: AbortSignal): Promise<void>;
  /** All values of a metric, in the server's order (by time and step). */
  metricHistory(runId: string, key: string, signal?: AbortSignal): Promise<Metric[]>;

  /** Adds data sets to the run's inputs, each once. @throws MlflowError from servers before MLflow 2.4 */
  logInputs(runId: string, datasets: readonly Dataset[], signal?: AbortSignal): Promise<void>;
  /**
   * Logs a model as an output of the run, once for each id, and marks it ready. @returns MLflow's id of it
   * @throws ProblemError `no-mlflow-here` from servers before MLflow 3, which do not have logged models
   */
  logModel(model: NewLoggedModel, signal?: AbortSignal): Promise<string>;

  /** The contents of a folder of the run's artifacts; empty if there is no such folder. */
  listArtifacts(runId: string, path?: string, signal?: AbortSignal): Promise<Artifact[]>;
  /**
   * Uploads a file (its path here, or its bytes) to a run's artifacts, through the server or, if the store is a folder, into that. Replaces
   * an existing file.
   *
   * @param path relative to the artifacts, with `/`: `samples/epoch-3.png`
   * @throws ProblemError for stores that only their cloud's own library can access (`s3://...`)
   */
  uploadArtifact(
    run: Pick<Run, 'artifactUri'>,
    path: string,
    file: string | Uint8Array,
    signal?: AbortSignal,
  ): Promise<void>;

  /**
   * Registers files of a run as a version of a model, and waits until the registry has it. The same source of the same run is one version.
   *
   * @param model its `source` is the location: the run's `artifactUri` and a path below it
   */
  registerModel(model: NewModelVersion, signal?: AbortSignal): Promise<ModelVersion>;
}

export interface NewModelVersion {
  readonly name: string;
  readonly source: string;
  readonly runId: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}
