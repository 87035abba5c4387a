import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { sha256 } from '../../support/hash.js';
import { ProblemError } from '../../support/problem.js';
import { MlflowError } from './client/errors.js';
import type { Dataset, Metric, MlflowClient, Run } from './client/types.js';
import type { Checkpoints, KeptCheckpoint } from './kept-checkpoints.js';

interface Logging {
  readonly client: MlflowClient;
  readonly site: TrackerSite;
  readonly run: Run;
  readonly datasets: readonly Dataset[];
  readonly signal: AbortSignal;
}

/**
 * Logs a model for each checkpoint that a finished training has kept, with its metrics: the same points as in the run's curves, so that MLflow shows them
 * once.
 */
export async function logModels({ kept, final, points }: Checkpoints, logging: Logging): Promise<void> {
  if (!final) return;
  const { client, run, datasets, signal } = logging;
  for (const checkpoint of kept) {
    const modelId = await client.logModel(modelOf(checkpoint, logging), signal);
    const own = points.filter(({ step }) => step === checkpoint.step);
    const metrics = own.map(({ on, ...point }): Metric => {
      const dataset = datasets.find(({ context }) => context === on);
      return { ...point, modelId, ...(dataset && { dataset: { name: dataset.name, digest: dataset.digest } }) };
    });
    if (metrics.length > 0) await client.logMetrics(run.runId, metrics, signal);
  }
}

/** Does nothing on a server that lacks the feature: data sets came with MLflow 2.4, logged models with MLflow 3. */
export async function whereSupported(log: () => Promise<void>): Promise<void> {
  try {
    await log();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function modelOf({ roles, step, epoch, time, dir }: KeptCheckpoint, { run, site }: Logging) {
  const { method, generator } = site.config;
  return {
    experimentId: run.experimentId,
    runId: run.runId,
    name: roles.join('-and-'),
    modelType: method.type,
    step,
    params: { epoch: String(epoch), step: String(step), 'generator.type': generator.type },
    tags: { 'runner.run': site.runName, 'runner.checkpoint': dir },
    id: sha256([run.runId, step, time]).slice(0, 16),
  };
}

/** Whether the server does not know the address of the request. */
function isMissing(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problems[0]!.code === 'no-mlflow-here';
  return error instanceof MlflowError && !error.temporary && (error.status === 404 || error.status === 405);
}
