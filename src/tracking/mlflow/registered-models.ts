import type { RunRecord, StageFinishedRecord } from '../../registry/kinds/record.js';
import type { TrackerSite } from '../../registry/kinds/tracker.js';
import { ProblemError } from '../../support/problem.js';
import { MlflowError } from './client/errors.js';
import type { MlflowClient, Run } from './client/types.js';

/** An exported direction to register in MLflow's model registry. */
export interface Model {
  readonly name: string;
  /** Path among the run's artifacts. */
  readonly path: string;
}

/** The models of exported directions, the SavedModel if there is one, with their names: NAME-AtoB. */
export function modelsOf(records: readonly RunRecord[], name: string | null, { config }: TrackerSite): Model[] {
  if (name === null) return [];
  const exports = records.filter((record): record is StageFinishedRecord => {
    return record.kind === 'stage-finished' && config.stages[record.stage]?.type === 'export';
  });
  const folders = exports.flatMap(({ stage, value }) => value.artifacts.map((folder) => ({ stage, folder })));
  const models = new Map<string, Model>();
  for (const { stage, folder } of folders) {
    const [direction, format] = folder.split('/');
    const known = models.get(direction!);
    if (known === undefined || format === 'saved-model') {
      models.set(direction!, { name: `${name}-${direction}`, path: `${stage}/${folder}` });
    }
  }
  return [...models.values()];
}

interface Registering {
  readonly client: MlflowClient;
  readonly site: TrackerSite;
  readonly run: Run;
  readonly signal: AbortSignal;
}

/** Registers each model as a version, once. If the server refuses, as one without a registry does, it warns and continues. */
export async function register(models: readonly Model[], { client, site, run, signal }: Registering): Promise<void> {
  for (const { name, path } of models) {
    const source = `${run.artifactUri}/${path}`;
    try {
      const tags = { 'runner.run': site.runName };
      const { version } = await client.registerModel({ name, source, runId: run.runId, tags }, signal);
      site.note('info', `${path} is version ${version} of the model ${name}.`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      site.note('warning', `${path} did not become a version of the model ${name}: ${error.message}`);
    }
  }
}

function isRefusal(error: unknown): error is Error {
  if (error instanceof ProblemError) return error.problems[0]!.code === 'mlflow-registration-failed';
  return error instanceof MlflowError && !error.temporary;
}
