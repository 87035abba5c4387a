import type { Api } from './api.js';
import { batchesOf, limitsSaid, VALUE_LIMITS, type ValueLimits } from './batches.js';
import { hasErrorCode } from './error.js';
import type { Batch } from './types.js';

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
