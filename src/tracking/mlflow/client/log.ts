import type { Api } from './api.js';
import { hasErrorCode } from './errors.js';
import type { Batch, Metric } from './types.js';
import { wireNumber, wirePairs } from './wire.js';

/** MLflow's limits for one `log-batch` request. */
const MAX_ITEMS = { metrics: 1000, params: 100, tags: 100 } as const;
const MAX_TOTAL = 1000;
/** Bytes of JSON: the limit is 1,000,000, including the rest of the request. */
const MAX_BYTES = 990_000;

/** Longest values, in characters; longer ones are cut. */
interface ValueLimits {
  readonly params: number;
  readonly tags: number;
}

/** Limits of current MLflow; a server with lower ones states them in its error. */
const VALUE_LIMITS: ValueLimits = { params: 6000, tags: 8000 };

interface WireBatch {
  readonly metrics: readonly object[];
  readonly params: readonly WirePair[];
  readonly tags: readonly WirePair[];
}

interface WirePair {
  readonly key: string;
  readonly value: string;
}

/** Logs batches of a run, and remembers the length limits of the server. */
export function loggerOf(api: Api): (runId: string, batch: Batch, signal?: AbortSignal) => Promise<void> {
  let limits = VALUE_LIMITS;
  return async (runId, batch, signal) => {
    for (;;) {
      const shorter = await sendAll(api, runId, batch, limits, signal);
      if (shorter === undefined) return;
      limits = shorter;
    }
  };
}

/** Splits a batch into requests of the size that the server accepts: params and tags first, then metrics in order. */
function* batchesOf(batch: Batch, limits: ValueLimits): Generator<WireBatch> {
  let current = empty();
  let bytes = 0;
  for (const [kind, item] of itemsOf(batch, limits)) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const together = current.metrics.length + current.params.length + current.tags.length;
    if (
      current[kind].length === MAX_ITEMS[kind] ||
      together === MAX_TOTAL ||
      (together > 0 && bytes + size > MAX_BYTES)
    ) {
      yield current;
      current = empty();
      bytes = 0;
    }
    (current[kind] as object[]).push(item);
    bytes += size;
  }
  if (bytes > 0) yield current;
}

/**
 * The lower limits that an older server states when it refuses a value for its length.
 *
 * @param message `Param value '...' had length 6000, which exceeded length limit of 500`, or `'tags[3].value' exceeds the maximum length of
 * 5000 characters`
 */
function statedLimits(message: string, limits: ValueLimits): ValueLimits | undefined {
  const match = /\b(param|tag)s?(?:\[\d+\]\.| )value\b[^]*exceed(?:s|ed)[a-z ]*\b(\d+)/i.exec(message);
  if (match === null) return undefined;
  const kind = match[1]!.toLowerCase() === 'param' ? 'params' : 'tags';
  const limit = Number(match[2]);
  return limit > 0 && limit < limits[kind] ? { ...limits, [kind]: limit } : undefined;
}

/** @returns lower limits, if the server requires them: then send all again, which changes nothing that it already has */
async function sendAll(
  api: Api,
  runId: string,
  batch: Batch,
  limits: ValueLimits,
  signal: AbortSignal | undefined,
): Promise<ValueLimits | undefined> {
  try {
    for (const one of batchesOf(batch, limits)) await api.post('runs/log-batch', { run_id: runId, ...one }, signal);
    return undefined;
  } catch (error) {
    const shorter = hasErrorCode(error, 'INVALID_PARAMETER_VALUE') ? statedLimits(error.message, limits) : undefined;
    if (shorter === undefined) throw error;
    return shorter;
  }
}

/** Cuts a text, never within a surrogate pair. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
}

function* itemsOf(batch: Batch, limits: ValueLimits): Generator<['metrics' | 'params' | 'tags', object]> {
  for (const kind of ['params', 'tags'] as const) {
    for (const { key, value } of wirePairs(batch[kind])) yield [kind, { key, value: cut(value, limits[kind]) }];
  }
  for (const metric of batch.metrics ?? []) yield ['metrics', wireMetric(metric)];
}

function wireMetric({ key, value, timestamp, step, modelId, dataset }: Metric): object {
  return {
    key,
    value: wireNumber(value),
    timestamp: Math.round(timestamp),
    step,
    ...(modelId !== undefined && { model_id: modelId }),
    ...(dataset && { dataset_name: dataset.name, dataset_digest: dataset.digest }),
  };
}

function empty(): { readonly [K in keyof WireBatch]: WireBatch[K][number][] } {
  return { metrics: [], params: [], tags: [] };
}
