import { readFile } from 'node:fs/promises';
import type { HalvingOptions } from '../../registry/config.js';
import { parsedRecord } from '../../pipeline/journal.js';
import { runFile } from '../../pipeline/paths.js';
import type { ConfigView, StageComponent } from '../../registry/kinds/stage.js';
import type { Progress, TrainingProgress } from '../../registry/kinds/stage-event.js';
import { meanOverDirections, metricPath, parseMetricName, VALIDATION } from '../../registry/metric-name.js';
import { didYouMean } from '../../support/did-you-mean.js';
import type { Problem } from '../../support/problem.js';
import { measuredDirections } from '../../training/validation/criterion-option.js';
import type { Criterion } from '../../training/validation/criterion.js';

/** Whether a training has reached the epoch to pause after. */
export function hasTrained({ step, stepsPerEpoch }: TrainingProgress, pauseAfter: number): boolean {
  return step >= stepsPerEpoch * pauseAfter;
}

/** The share of its training that a trial has done, from 0 to 1. @param scope of the reporting stage: shared stages run before training */
export function trainedShare({ training }: Pick<Progress, 'training'>, scope: StageComponent['scope']): number {
  if (training !== undefined) return training.step / (training.epochs * training.stepsPerEpoch);
  return scope === 'shared' ? 0 : 1;
}

/** The curves of a metric to choose by: `validate/psnr` is the mean of the directions in which it is measured. */
export function curvesOf(
  { metric }: Pick<HalvingOptions, 'metric'>,
  { config, components }: ConfigView,
): readonly string[] {
  const { metric: name, direction } = validationMetric(metric) ?? {};
  if (name === undefined || direction !== 'both') return [metric];
  return measuredDirections({ metric: name, direction }, { config, components }).map((each) =>
    metricPath({ source: VALIDATION, direction: each, name }),
  );
}

/** The criterion of a validation's metric, `validate/psnr` or `validate/AtoB/psnr`; undefined for other metrics. */
export function validationMetric(name: string): Pick<Criterion, 'metric' | 'direction'> | undefined {
  const { source, direction, name: metric } = parseMetricName(name);
  return source === VALIDATION ? { metric, direction: direction ?? 'both' } : undefined;
}

/**
 * The value of a training metric after an epoch, from the run's journal: the mean over the epoch, or the last measurement of the validation
 * images by then.
 *
 * @param names its curves, see {@link curvesOf} @param epoch from 1 on
 * @returns `undefined` if the journal has no value of one of them
 */
export async function valueAfterEpoch(
  runDir: string,
  names: readonly string[],
  epoch: number,
  stepsPerEpoch: number,
): Promise<number | undefined> {
  const isValidation = parseMetricName(names[0] ?? '').source === VALIDATION;
  // The untrained networks do not count.
  const [after, to] = [isValidation ? 0 : (epoch - 1) * stepsPerEpoch, epoch * stepsPerEpoch];
  const values = new Map<string, number[]>();
  for (const line of (await readFile(runFile.journal(runDir), 'utf8')).split('\n')) {
    // Most lines are of other metrics, and parsing costs more than this check.
    if (!names.some((name) => line.includes(`"${name}"`))) continue;
    const record = parsedRecord(line);
    if (record?.kind !== 'metric' || !names.includes(record.name) || record.step === null) continue;
    if (record.step <= after || record.step > to) continue;
    values.set(record.name, isValidation ? [record.value] : [...(values.get(record.name) ?? []), record.value]);
  }
  return meanOverDirections(names.map((name) => meanOf(values.get(name) ?? [])));
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The problem of a run that has no such metric, with the most similar name. */
export async function missingMetric(runDir: string, { metric }: HalvingOptions): Promise<Problem> {
  const names = new Set<string>();
  for (const line of (await readFile(runFile.journal(runDir), 'utf8')).split('\n')) {
    const record = parsedRecord(line);
    if (record?.kind === 'metric' && record.step !== null) names.add(record.name);
  }
  const near = didYouMean(metric, names);
  return {
    code: 'unknown-metric',
    message: `sweep.halving.metric: the trial reported no metric "${metric}" to choose by.`,
    cure: near === undefined ? `It reported: ${[...names].join(', ') || 'none'}.` : `Did you mean "${near}"?`,
  };
}
