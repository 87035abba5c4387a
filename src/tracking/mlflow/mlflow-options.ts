import type { OptionProblem, OptionsSchema } from '../../registry/component.js';
import { dropPasswords } from '../../support/passwords.js';
import type { ArtifactGroup } from './mlflow-artifacts.js';

export interface MlflowOptions {
  readonly uri: string | null;
  readonly experiment: string | null;
  readonly artifacts: readonly ArtifactGroup[];
  readonly register: string | null;
  readonly parent: string | null;
  readonly sweep: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

const GROUPS: readonly ArtifactGroup[] = ['config', 'samples', 'evaluate', 'export', 'other', 'report', 'journal'];

export const SCHEMA: OptionsSchema = {
  properties: {
    uri: {
      type: ['string', 'null'],
      pattern: '^https?://.',
      expected: 'the address of a server, http://HOST:PORT, or null',
      default: null,
      description:
        'The address of the MLflow server; null for the value of MLFLOW_TRACKING_URI. Users, passwords and tokens belong into MLflow’s own variables: MLFLOW_TRACKING_USERNAME and _PASSWORD, or _TOKEN.',
    },
    experiment: {
      type: ['string', 'null'],
      minLength: 1,
      maxLength: 500,
      expected: 'the name of an experiment, or null',
      default: null,
      description:
        'The name of the MLflow experiment of the runs, which is created if it does not exist; null for MLFLOW_EXPERIMENT_NAME or MLFLOW_EXPERIMENT_ID, or else the config’s `name`.',
    },
    artifacts: {
      type: 'array',
      items: { enum: GROUPS },
      uniqueItems: true,
      default: GROUPS,
      description:
        'Which files are uploaded: `config` (config.yaml, environment.json and texts such as the description of the data), `samples` (every image), the results of the stages `evaluate` and `export`, those of `other` stages, the `report` about the run, and the `journal`. [] for none.',
    },
    register: {
      type: ['string', 'null'],
      pattern: '^[^/:]+$',
      maxLength: 240,
      expected: 'a name without / and :, or null',
      default: null,
      description:
        'Register each exported direction in MLflow’s model registry, as a new version of NAME-AtoB and NAME-BtoA. Requires `export` among the artifacts.',
    },
    parent: {
      type: ['string', 'null'],
      pattern: '^[0-9a-zA-Z_-]+$',
      expected: 'the id of an MLflow run, or null',
      default: null,
      description: 'The id of another MLflow run under which this one is shown.',
    },
    sweep: {
      type: ['string', 'null'],
      pattern: '^[A-Za-z0-9][A-Za-z0-9._,=+-]*$',
      maxLength: 200,
      expected: 'the name of a sweep, or null',
      default: null,
      description:
        'The sweep whose trial this is: it is shown under an MLflow run of that name, unless `parent` names another. `runner sweep` sets it.',
    },
    tags: {
      type: 'object',
      additionalProperties: { type: 'string' },
      expected: 'tags and their texts, as in {team: vision}',
      default: {},
      description: 'Further tags of the MLflow run, to search it by.',
    },
  },
};

/** The server's address, from the config or the environment. */
export function serverOf({ uri }: Pick<MlflowOptions, 'uri'>, env: NodeJS.ProcessEnv): string | undefined {
  // The config that a run stores has no passwords; `runner sync` takes them from the environment.
  return uri?.replace('://***@', '://') ?? (env['MLFLOW_TRACKING_URI'] || undefined);
}

/** Problems of the options that can be found before anything starts. */
export function checkOptions(options: MlflowOptions, env: NodeJS.ProcessEnv): OptionProblem[] {
  const noServer = serverProblem(options, env);
  const unexported = options.register !== null && !options.artifacts.includes('export');
  return [
    ...(noServer === undefined ? [] : [{ path: ['uri'], ...noServer }]),
    ...(unexported ? [{ path: ['register'], ...UNEXPORTED }] : []),
  ];
}

const UNEXPORTED = {
  message: 'expected `export` among tracking.mlflow.artifacts, because a version of a model is what was uploaded.',
  cure: 'Add export to artifacts, or write register: null.',
};

/** Identifies the destination of records: server, experiment and parent run; see TrackerComponent.destination. */
export function destinationOf(options: MlflowOptions, env: NodeJS.ProcessEnv): string {
  const server = dropPasswords(serverOf(options, env) ?? '').replace(/\/+$/, '');
  const experiment =
    options.experiment ??
    (env['MLFLOW_EXPERIMENT_NAME'] || (env['MLFLOW_EXPERIMENT_ID'] ? `#${env['MLFLOW_EXPERIMENT_ID']}` : ''));
  return [server, experiment, options.parent ?? options.sweep].filter(Boolean).join(' ');
}

/** Explains why the address is not one of an MLflow server; undefined if it is. */
export function serverProblem(options: MlflowOptions, env: NodeJS.ProcessEnv) {
  const server = serverOf(options, env);
  if (server === undefined) {
    return {
      message: 'expected the address of an MLflow server, found none here and none in MLFLOW_TRACKING_URI.',
      cure: 'Write uri: http://HOST:PORT, or set MLFLOW_TRACKING_URI, or take mlflow out of tracking. `mlflow server` starts a server on this machine at http://127.0.0.1:5000.',
    };
  }
  if (/^https?:\/\/./i.test(server) && URL.canParse(server)) return undefined;
  const location = options.uri === null ? 'in MLFLOW_TRACKING_URI' : 'here';
  return {
    message: `expected the address of an MLflow server, http:// or https://, found "${dropPasswords(server)}" ${location}.`,
    cure: 'Start `mlflow server` on that folder or database and write its address, such as http://127.0.0.1:5000.',
  };
}
