import { isJsonObject, type Json, type JsonObject } from '../../../support/json.js';
import type { RayApi } from './ray-api.js';
import type { RayOptions } from './ray-options.js';

/** How many trials fit in a cluster that runs nothing else; one if the cluster does not report it. */
export async function trialCapacity(api: RayApi, { cpus, gpus }: RayOptions): Promise<number> {
  const answer = await api.ask('GET', '/api/cluster_status');
  const usage = at(answer, 'data', 'clusterStatus', 'loadMetricsReport', 'usage');
  if (!isJsonObject(usage)) return 1;
  const fits = [fit(usage, 'CPU', cpus), fit(usage, 'GPU', gpus)].filter((count) => count !== undefined);
  return fits.length === 0 ? 1 : Math.max(1, Math.min(...fits));
}

/** How many trials fit in a resource, reported as `[used, total]`; undefined if they need none of it. */
function fit(usage: JsonObject, name: string, each: number): number | undefined {
  if (each === 0) return undefined;
  const pair = usage[name];
  return Array.isArray(pair) && typeof pair[1] === 'number' ? Math.floor(pair[1] / each) : undefined;
}

function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), value);
}
