import { isJsonObject, type Json, type JsonObject } from '../../../support/json.js';
import type { RayApi } from './ray-api.js';
import type { RayOptions } from './ray-options.js';

/** How many trials a cluster has room for when nothing else runs there; one where it does not say. */
export async function roomOf(api: RayApi, { cpus, gpus }: RayOptions): Promise<number> {
  const answer = await api.ask('GET', '/api/cluster_status');
  const usage = at(answer, 'data', 'clusterStatus', 'loadMetricsReport', 'usage');
  if (!isJsonObject(usage)) return 1;
  const fits = [fit(usage, 'CPU', cpus), fit(usage, 'GPU', gpus)].filter((count) => count !== undefined);
  return fits.length === 0 ? 1 : Math.max(1, Math.min(...fits));
}

/** Of a resource, `[used, total]`; nothing where none is asked for. */
function fit(usage: JsonObject, name: string, each: number): number | undefined {
  if (each === 0) return undefined;
  const pair = usage[name];
  return Array.isArray(pair) && typeof pair[1] === 'number' ? Math.floor(pair[1] / each) : undefined;
}

function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), value);
}
