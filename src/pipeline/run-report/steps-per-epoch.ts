import type { ReportCurve } from '../../report/run/run-report.js';
import type { StageRecord } from '../stage-record.js';

/** Steps of an epoch, by the training's outputs, else by its curves; null if they do not say. */
export function stepsPerEpochOf(
  records: ReadonlyMap<string, StageRecord>,
  curves: readonly ReportCurve[],
): number | null {
  const all = [...records.values()];
  for (const { status, parts, outputs } of all) {
    const { step, epochs } = outputs;
    if (status !== 'done' || parts.stage.type !== 'train' || typeof step !== 'number') continue;
    // An early stop may be within an epoch.
    if (typeof epochs === 'number' && step > 0 && epochs > 0) return Math.round(step / epochs);
  }
  const isContinued = all.some(({ parent }) => parent !== undefined);
  return smallestDistance(curves, isContinued);
}

/** The learning rate is recorded at the end of each epoch. A run that continues another does not begin at step 0. */
function smallestDistance(curves: readonly ReportCurve[], isContinued: boolean): number | null {
  const ends = curves.find(({ name }) => name === 'learning-rate')?.steps ?? [];
  const steps = [...(isContinued ? [] : [0]), ...ends];
  const distances = steps.slice(1).map((step, i) => step - steps[i]!);
  const positive = distances.filter((distance) => distance > 0);
  return positive.length === 0 ? null : Math.min(...positive);
}
