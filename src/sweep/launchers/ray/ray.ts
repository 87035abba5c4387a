import { randomBytes } from 'node:crypto';
import type { JobState, Launcher, LauncherComponent, LauncherSite } from '../../../registry/kinds/launcher.js';
import type { JsonObject } from '../../../support/json.js';
import { ProblemError } from '../../../support/problem.js';
import { quoted } from '../../../support/shell.js';
import { oneByOne } from '../one-by-one.js';
import { RayApi } from './ray-api.js';
import { roomOf } from './cluster.js';
import { addressOf, environmentOf, type RayOptions, SCHEMA } from './ray-options.js';

/** Seconds that a trial has to save when it is asked to stop; Ray's own 3 are too few. */
const STOP_SECONDS = '60';

/** Trials as jobs of a Ray cluster. */
export const ray: LauncherComponent<RayOptions> = {
  summary: 'jobs of a Ray cluster',
  details:
    'The Jobs API of a cluster’s dashboard. This program, the config’s images and the folder of runs lie on a file system that all nodes see. Without `jobs` there are as many trials at a time as the cluster has room for. Trials go on when the command ends, and the same command watches them again; `runner sweep cancel` stops them.',
  schema: SCHEMA,
  create: (options, site) => rayLauncher(options, site),
};

function rayLauncher(options: RayOptions, site: LauncherSite): Launcher {
  const api = new RayApi(addressOf(options, site.env), site.env['RAY_AUTH_TOKEN'] || undefined);
  // Ray fails jobs that wait for long, and lets one run for a moment that is stopped while it waits: only what fits is submitted.
  let room = site.jobs;
  let isKnown = false;
  return {
    get capacity() {
      return room ?? 1;
    },
    detached: true,
    interval: 2000,
    submit: async ({ trials, command }) => {
      if (!isKnown) room = Math.min(room ?? Infinity, await roomOf(api, options).catch(atFirst));
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
  // A head that was started again knows nothing of its former jobs.
  if (job === undefined) return 'lost';
  // Ray's own trouble, such as a node that died, is not the trial's end.
  if (job['status'] === 'FAILED' && job['driver_exit_code'] === null) return 'lost';
  return (typeof job['status'] === 'string' ? STATES[job['status']] : undefined) ?? 'running';
}

function jobOf(trial: number, command: readonly string[], options: RayOptions, site: LauncherSite): JsonObject {
  const log = quoted(site.logOf(trial));
  const words = [...command, String(trial)].map(quoted).join(' ');
  const variables = { RAY_JOB_STOP_WAIT_TIME_S: STOP_SECONDS, ...environmentOf(options, site.env) };
  return {
    entrypoint: `cd ${quoted(site.cwd)} && exec ${words} >>${log} 2>&1`,
    entrypoint_num_cpus: options.cpus,
    entrypoint_num_gpus: options.gpus,
    ...(options.memory !== null && { entrypoint_memory: options.memory }),
    ...(Object.keys(options.resources).length > 0 && { entrypoint_resources: options.resources }),
    runtime_env: { env_vars: variables },
    metadata: { sweep: site.sweep, trial: String(trial) },
  };
}

/** Nobody there at the very first word is more likely a wrong address than a server that restarts. */
function atFirst(error: unknown): never {
  if (error instanceof ProblemError) throw error;
  throw new ProblemError({
    code: 'no-ray',
    message: error instanceof Error ? error.message : String(error),
    cure: 'Start a cluster with `ray start --head`, or write the address of one: launcher.address: http://HOST:8265.',
  });
}
