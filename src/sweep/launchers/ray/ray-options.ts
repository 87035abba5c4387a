import type { OptionsSchema } from '../../../registry/component.js';

export interface RayOptions {
  readonly address: string | null;
  readonly cpus: number;
  readonly gpus: number;
  readonly memory: number | null;
  readonly resources: Readonly<Record<string, number>>;
  readonly env: readonly string[];
}

export const SCHEMA: OptionsSchema = {
  properties: {
    address: {
      type: ['string', 'null'],
      pattern: '^https?://.',
      expected: 'the address of a dashboard, http://HOST:8265, or null',
      default: null,
      description:
        'The dashboard of the cluster; null for RAY_API_SERVER_ADDRESS, or else http://127.0.0.1:8265. Set a token in RAY_AUTH_TOKEN.',
    },
    cpus: { type: 'number', minimum: 0, default: 1, description: 'Processor cores of a trial.' },
    gpus: { type: 'number', minimum: 0, default: 0, description: 'Graphics cards of a trial.' },
    memory: {
      type: ['integer', 'null'],
      minimum: 1,
      default: null,
      description: 'Memory that a trial reserves, in bytes.',
    },
    resources: {
      type: 'object',
      additionalProperties: { type: 'number' },
      expected: 'resources and amounts, as in {TPU: 1}',
      default: {},
      description: 'Other resources of a trial, by the cluster’s own names.',
    },
    env: {
      type: 'array',
      items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      uniqueItems: true,
      default: [],
      description:
        'Names of further environment variables to pass to trials. RUNNER_*, MLFLOW_*, TF_* and XDG_CACHE_HOME are passed by default, except secrets, which Ray’s dashboard would show.',
    },
  },
};

/** The dashboard's address, without a trailing slash. */
export function addressOf({ address }: RayOptions, env: NodeJS.ProcessEnv): string {
  const named = [address, env['RAY_API_SERVER_ADDRESS'], env['RAY_ADDRESS']].find((each) =>
    /^https?:\/\//.test(each ?? ''),
  );
  return (named ?? 'http://127.0.0.1:8265').replace(/\/+$/, '');
}

const PASSED = /^(RUNNER_|MLFLOW_|XDG_CACHE_HOME$|TF_)/;
const SECRET = /TOKEN|PASSWORD|SECRET|KEY/;

/** The environment variables that trials get from this process. */
export function environmentOf({ env: named }: RayOptions, env: NodeJS.ProcessEnv): Record<string, string> {
  const passed = Object.entries(env).filter(
    ([name, value]) => value !== undefined && (named.includes(name) || (PASSED.test(name) && !SECRET.test(name))),
  );
  return Object.fromEntries(passed) as Record<string, string>;
}
