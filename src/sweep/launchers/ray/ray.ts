import { randomBytes } from 'node:crypto';
import type { JobState, Launcher, LauncherComponent, LauncherSite } from '../../../registry/kinds/launcher.js';
import type { JsonObject } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import { quoted } from '../../../support/shell.js';
import { oneByOne } from '../one-by-one.js';
import { RayApi } from './ray-api.js';
import { trialCapacity } from './cluster.js';
import { addressOf, environmentOf, type RayOptions, SCHEMA } from './ray-options.js';

/** Seconds for a trial to save when it is asked to stop; Ray's default of 3 is too short. */
const STOP_SECONDS = '60';

/** Runs trials as jobs of a Ray cluster. */
export const ray: LauncherComponent<RayOptions> = {
  summary: 'jobs of a Ray cluster',
  details:
    'The Jobs API of a cluster’s dashboard. This program, the config’s images and the runs folder must be on a file system that all nodes share. The default of `jobs` is the number of trials that fit in the cluster. Trials continue when the command ends, and the same command watches them again; `runner sweep cancel` stops them.',
  schema: SCHEMA,
  create: (options, site) => rayLauncher(options, site),
};

function rayLauncher(options: RayOptions, site: LauncherSite): Launcher {
  const api = new RayApi(addressOf(options, site.env), site.env['RAY_AUTH_TOKEN'] || undefined);
  // Submit only what fits: Ray fails jobs that wait too long, and briefly runs a waiting job that is stopped.
  let capacity = site.jobs;
  let isKnown = false;
  return {
    get capacity() {
      return capacity ?? 1;
    },
    detached: true,
    interval: 2000,
    submit: async ({ trials, command }) => {
      if (!isKnown)
        capacity = Math.min(capacity ?? Infinity, await trialCapacity(api, options).catch(rejectUnreachable));
      isKnown = true;
      return oneByOne(trials, async (trial) => {
        const id = `${site.sweep.replaceAll(/[^\w.-]/g, '-')}-${trial}-${randomBytes(4).toString('hex')}`;
        await api.ask('POST', '/api/jobs/', { submission_id: id, ...jobOf(trial, command, options, site) });
        return id;
      });
    },
    watch: async (handles) => {
      const states = handles.map(async (handle) => [handle, await stateOf(api, handle)] as const);
      return new Map(await Promise.all(states));
    },
    cancel: async (handles) => {
      await Promise.all(handles.map((handle) => api.ask('POST', `/api/jobs/${encodeURIComponent(handle)}/stop`)));
    },
  };
}

const STATES: Readonly<Record<string, JobState>> = {
  PENDING: 'queued',
  RUNNING: 'running',
  SUCCEEDED: 'gone',
  FAILED: 'gone',
  STOPPED: 'gone',
};

async function stateOf(api: RayApi, handle: string): Promise<JobState> {
  const job = await api.ask('GET', `/api/jobs/${encodeURIComponent(handle)}`);
  // A restarted head has forgotten its jobs.
  if (job === undefined) return 'lost';
  // A failure of Ray itself, such as a dead node, not of the trial.
  if (job['status'] === 'FAILED' && job['driver_exit_code'] === null) return 'lost';
  return (typeof job['status'] === 'string' ? STATES[job['status']] : undefined) ?? 'running';
}

function jobOf(trial: number, command: readonly string[], options: RayOptions, site: LauncherSite): JsonObject {
  const log = quoted(site.logOf(trial));
  const commandLine = [...command, String(trial)].map(quoted).join(' ');
  const variables = { RAY_JOB_STOP_WAIT_TIME_S: STOP_SECONDS, ...environmentOf(options, site.env) };
  return {
    entrypoint: `cd ${quoted(site.cwd)} && exec ${commandLine} >>${log} 2>&1`,
    entrypoint_num_cpus: options.cpus,
    entrypoint_num_gpus: options.gpus,
    ...(options.memory !== null && { entrypoint_memory: options.memory }),
    ...(Object.keys(options.resources).length > 0 && { entrypoint_resources: options.resources }),
    runtime_env: { env_vars: variables },
    metadata: { sweep: site.sweep, trial: String(trial) },
  };
}

/** If the first request gets no response, a wrong address is more likely than a restarting server. */
function rejectUnreachable(error: unknown): never {
  if (error instanceof ProblemError) throw error;
  throw new ProblemError({
    code: 'no-ray',
    message: error instanceof Error ? error.message : String(error),
    cure: 'Start a cluster with `ray start --head`, or set the address of one: launcher.address: http://HOST:8265.',
  });
}
