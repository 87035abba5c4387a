import { basename } from 'node:path';
import type { ReportedSweep } from '../../registry/kinds/tracker.js';
import type { MlflowClient, RunStatus } from './client/types.js';
import type { MlflowOptions } from './mlflow-options.js';
import { experimentOf, openSweepRun } from './mlflow-run.js';

const STATUS = {
  running: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
} as const satisfies Record<ReportedSweep['status'], RunStatus>;

/** Reports a sweep to the MLflow run of its trials: the varied parameters, the best value, the table and the page. */
export async function reportSweep(
  sweep: ReportedSweep,
  {
    client,
    options,
    env,
    signal,
  }: {
    readonly client: MlflowClient;
    readonly options: MlflowOptions;
    readonly env: NodeJS.ProcessEnv;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { experimentId } = await experimentOf({ client, options, site: { env, config: sweep.config }, signal });
  const run = await openSweepRun(sweep, experimentId, client, signal);
  const timestamp = Date.now();
  const metrics = Object.entries(sweep.metrics).map(([key, value]) => ({ key, value, timestamp, step: 0 }));
  await client.log(run.runId, { params: sweep.params, metrics, tags: options.tags }, signal);
  for (const file of sweep.files) await client.uploadArtifact(run, `sweep/${basename(file)}`, file, signal);
  const ended = sweep.status === 'running' ? {} : { endTime: timestamp };
  await client.updateRun(run.runId, { status: STATUS[sweep.status], ...ended }, signal);
}
