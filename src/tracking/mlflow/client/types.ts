/** What MLflow calls an experiment: a named collection of runs. */
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
  /** Where its files are: `mlflow-artifacts:/1/4c3d/artifacts`, a folder, `s3://...`. */
  readonly artifactUri: string;
  readonly lifecycleStage: 'active' | 'deleted';
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Metric {
  readonly key: string;
  /** Any number. SQL stores keep infinities as ±1.7976931348623157e308. */
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface NewRun {
  readonly experimentId: string;
  readonly runName: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Names the run for ever, and is kept as its tag `runner.id`: letters, digits and `._,=:+-`. As long as the experiment has a run of this id
   * that is not deleted, no other is created.
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
  /** In MLflow's own words: ``tags.`mlflow.parentRunId` = '4c3d'``. */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  /** Active ones, by default. */
  readonly view?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
  /** The most runs to return; all, by default. */
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
 * An MLflow server's REST API, as far as it is about runs, their files and the models made of them.
 *
 * Every call tries again, after pauses that grow, what may pass by itself; when it gives up, or when the server says no, it rejects with
 *
 * - `MlflowError`, which knows whether it may pass (`temporary`);
 * - `ProblemError` for what a person must mend: a wrong password, an address where no MLflow is, a certificate that is not trusted;
 * - the signal's reason, when that is aborted.
 *
 * No message holds a password or a token.
 */
export interface MlflowClient {
  /** The server's address, without credentials. */
  readonly trackingUri: string;

  /** The experiment of that name; it is created where it is missing. @throws ProblemError when it was deleted, with how to restore it */
  experiment(name: string, signal?: AbortSignal): Promise<Experiment>;
  /** @throws MlflowError RESOURCE_DOES_NOT_EXIST */
  experimentById(experimentId: string, signal?: AbortSignal): Promise<Experiment>;

  /** Creates a run, once for each id, also when the server's answer is lost or the same is asked again by another process. */
  createRun(run: NewRun, signal?: AbortSignal): Promise<Run>;
  /** Of deleted runs, too. @throws MlflowError RESOURCE_DOES_NOT_EXIST */
  getRun(runId: string, signal?: AbortSignal): Promise<Run>;
  updateRun(runId: string, change: RunChange, signal?: AbortSignal): Promise<void>;
  deleteRun(runId: string, signal?: AbortSignal): Promise<void>;
  searchRuns(search: RunSearch, signal?: AbortSignal): Promise<Run[]>;

  /** Sends any number of metrics, params and tags, in as few requests as the server's limits allow. Sending the same again changes nothing. */
  log(runId: string, batch: Batch, signal?: AbortSignal): Promise<void>;
  setTags(runId: string, tags: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  /** Values that are too long for the server are cut. @throws MlflowError INVALID_PARAMETER_VALUE when one has another value already */
  logParams(runId: string, params: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void>;
  logMetrics(runId: string, metrics: readonly Metric[], signal?: AbortSignal): Promise<void>;
  /** All values that a metric had, in the server's order (by time and step). */
  metricHistory(runId: string, key: string, signal?: AbortSignal): Promise<Metric[]>;

  /** What lies in a folder of the run's artifacts; nothing where there is no such folder. */
  listArtifacts(runId: string, path?: string, signal?: AbortSignal): Promise<Artifact[]>;
  /**
   * Puts a file (its path here, or its bytes) among a run's artifacts, through the server or, where the store is a folder, into that. One that
   * is there already is replaced.
   *
   * @param path relative to the artifacts, with `/`: `samples/epoch-3.png`
   * @throws ProblemError for stores that only their own clouds' libraries can reach (`s3://...`)
   */
  uploadArtifact(
    run: Pick<Run, 'artifactUri'>,
    path: string,
    file: string | Uint8Array,
    signal?: AbortSignal,
  ): Promise<void>;

  /**
   * Makes files of a run a version of a registered model, and waits until the registry has it. The same source of the same run is one version.
   *
   * @param source where the model lies: the run's `artifactUri` and a path below it
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
