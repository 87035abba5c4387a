/**
 * A client of MLflow's REST API, on its own: `import { connect } from 'cyclegan-runner/mlflow'`. See docs/tracking.md.
 */
export { connect, type ConnectOptions } from './tracking/mlflow/client/connect.js';
export { trackingEnvironment, type TrackingEnvironment } from './tracking/mlflow/client/environment.js';
export type { Waiting } from './tracking/mlflow/client/api.js';
export { hasErrorCode, MlflowError, type MlflowErrorDetails } from './tracking/mlflow/client/errors.js';
export type {
  Artifact,
  Batch,
  Dataset,
  Experiment,
  Metric,
  MlflowClient,
  ModelVersion,
  NewLoggedModel,
  NewModelVersion,
  NewRun,
  Run,
  RunChange,
  RunSearch,
  RunStatus,
} from './tracking/mlflow/client/types.js';
export { PROBLEM_CODES, type PluginProblemCode, type ProblemCode } from './support/problem-codes.js';
export { ProblemError, type Place, type Problem } from './support/problem.js';
