import type { Api } from './api.js';
import type { Dataset } from './types.js';

/** MLflow's tag of a data set's role in a run. */
const CONTEXT_TAG = 'mlflow.data.context';

/** Adds data sets to a run's inputs. The same name and digest is one data set, however often it is logged. */
export async function logInputs(
  api: Api,
  runId: string,
  datasets: readonly Dataset[],
  signal?: AbortSignal,
): Promise<void> {
  const inputs = datasets.map(({ name, digest, sourceType, source, profile, context }) => ({
    dataset: { name, digest, source_type: sourceType, source, profile },
    tags: [{ key: CONTEXT_TAG, value: context }],
  }));
  await api.post('runs/log-inputs', { run_id: runId, datasets: inputs }, signal);
}
