import { availableParallelism, totalmem } from 'node:os';
import { formatBytes } from '../support/bytes.js';
import { deviceOf } from '../support/device.js';
import { engineKind } from '../support/engine-files.js';
import type { StageEstimate } from '../registry/kinds/stage.js';
import type { Decision } from './decision.js';
import { isSettled } from './preview.js';
import type { RunRequest } from './run-request.js';
import { viewOf } from './view.js';

/** The memory and cores that a stage may use. */
export interface Capacity {
  /** Memory of the machine or its container; `undefined` if the work runs on a GPU. */
  readonly bytes: number | undefined;
  readonly cores: number;
}

/** Warns of stages that will not fit into memory, before any starts; a dry run reports the estimates of all. */
export function reportEstimates(
  decisions: readonly Decision[],
  request: RunRequest,
  capacity = capacityFor(request),
): void {
  const { experiment, components, dryRun, listen } = request;
  for (const { stage } of decisions.filter((decision) => !isSettled(decision))) {
    const config = viewOf(experiment.config, stage.sees, stage.name);
    const created = stage.component.create(stage.options as never);
    const estimate = created.estimate?.({ config, components }, capacity.cores);
    if (estimate === undefined) continue;
    if (capacity.bytes !== undefined && estimate.bytes > capacity.bytes) {
      listen({ kind: 'note', level: 'warning', text: tooLarge(stage.name, estimate, capacity.bytes, capacity.cores) });
    } else if (dryRun && capacity.bytes !== undefined) {
      listen({
        kind: 'note',
        level: 'info',
        text: `${stage.name}: ${formatEstimate(estimate, capacity.cores)}, estimated`,
      });
    }
  }
}

function capacityFor({ experiment, env }: Pick<RunRequest, 'experiment' | 'env'>): Capacity {
  const usesGpu = engineKind() === 'gpu' && deviceOf(experiment.config.engine.device, env) !== 'cpu';
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { bytes: usesGpu ? undefined : bytes, cores: availableParallelism() };
}

function tooLarge(stage: string, estimate: StageEstimate, bytes: number, cores: number): string {
  return `${stage} needs ${formatEstimate(estimate, cores)}, and there are ${formatBytes(bytes)} of memory here: it would be killed. ${estimate.cure}`;
}

/** `about 3.1 GB of memory and roughly 2 s a step on 2 cores`. */
function formatEstimate({ bytes, seconds, unit }: StageEstimate, cores: number): string {
  const amount = bytes >= 100e9 ? `${Math.round(bytes / 1e9)} GB` : formatBytes(bytes);
  return `about ${amount} of memory and roughly ${formatDuration(seconds)} a ${unit} on ${cores} cores`;
}

/** One significant digit: the rest depends on the processor. */
function formatDuration(seconds: number): string {
  const [value, unit] = seconds < 90 ? [seconds, 's'] : seconds < 5400 ? [seconds / 60, 'min'] : [seconds / 3600, 'h'];
  return `${Number(value.toPrecision(1))} ${unit}`;
}
