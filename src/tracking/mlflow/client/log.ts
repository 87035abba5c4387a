import type { Api } from './api.js';
import { hasErrorCode } from './errors.js';
import type { Batch, Metric } from './types.js';
import { wireNumber, wirePairs } from './wire.js';

/** What MLflow takes in one `log-batch` request. */
const MOST = { metrics: 1000, params: 100, tags: 100 } as const;
const MOST_TOGETHER = 1000;
/** Bytes of JSON: the limit is a million, of which the rest of the request takes some. */
const MOST_BYTES = 990_000;

/** Longest values, in characters: what is longer is cut. */
interface ValueLimits {
  readonly params: number;
  readonly tags: number;
}

/** Those of today's MLflow; a server that wants less says so. */
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

/** Sends what a run has to tell; remembers what lengths its server allows. */
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

/** Cuts what is to be logged into requests that the server takes, in its order: params and tags first. */
function* batchesOf(batch: Batch, limits: ValueLimits): Generator<WireBatch> {
  let current = empty();
  let bytes = 0;
  for (const [kind, item] of itemsOf(batch, limits)) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const together = current.metrics.length + current.params.length + current.tags.length;
    if (
      current[kind].length === MOST[kind] ||
      together === MOST_TOGETHER ||
      (together > 0 && bytes + size > MOST_BYTES)
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
 * What an older server takes, where it refused a value for its length.
 *
 * @param said `Param value '...' had length 6000, which exceeded length limit of 500`, or `'tags[3].value' exceeds the maximum length of 5000 characters`
 */
function limitsSaid(said: string, limits: ValueLimits): ValueLimits | undefined {
  const match = /\b(param|tag)s?(?:\[\d+\]\.| )value\b[^]*exceed(?:s|ed)[a-z ]*\b(\d+)/i.exec(said);
  if (match === null) return undefined;
  const kind = match[1]!.toLowerCase() === 'param' ? 'params' : 'tags';
  const limit = Number(match[2]);
  return limit > 0 && limit < limits[kind] ? { ...limits, [kind]: limit } : undefined;
}

/** @returns shorter limits, where the server asks for them: then send again; what it has had does not harm */
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
    const shorter = hasErrorCode(error, 'INVALID_PARAMETER_VALUE') ? limitsSaid(error.message, limits) : undefined;
    if (shorter === undefined) throw error;
    return shorter;
  }
}

/** Cuts a text, never through the middle of a sign. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
}

function* itemsOf(batch: Batch, limits: ValueLimits): Generator<['metrics' | 'params' | 'tags', object]> {
  for (const kind of ['params', 'tags'] as const) {
    for (const { key, value } of wirePairs(batch[kind])) yield [kind, { key, value: cut(value, limits[kind]) }];
  }
  for (const metric of batch.metrics ?? []) yield ['metrics', wireMetric(metric)];
}

function wireMetric({ key, value, timestamp, step }: Metric): object {
  return { key, value: wireNumber(value), timestamp: Math.round(timestamp), step };
}

function empty(): { readonly [K in keyof WireBatch]: WireBatch[K][number][] } {
  return { metrics: [], params: [], tags: [] };
}
