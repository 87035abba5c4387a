import { formatNumber, formatNumberLike, formatWithin } from '../../support/format-number.js';
import { duration } from '../../support/duration.js';
import { count, counted } from '../../support/plain-text.js';
import { visible } from '../../support/visible.js';
import { timeOf } from './text.js';
import type { ReportCheckpoint, ReportCurve, ReportEvaluation, ReportValue, RunReport } from './run-report.js';

/** The sentences at the top of a report, computed from its data. */
export interface Verdict {
  /** How the run ended, or how far it is. */
  readonly state: string;
  /** What the translations are worth, a sentence for each direction. */
  readonly results: readonly string[];
  /** What should not be overlooked. */
  readonly alarms: readonly string[];
}

export function verdictOf(report: RunReport): Verdict {
  const [evaluation] = report.evaluations;
  const checkpoint = evaluation && chosenCheckpoint(evaluation);
  const directions = Object.entries(checkpoint?.metrics ?? {});
  const of = evaluation !== undefined && evaluation.checkpoints.length > 1 ? ofCheckpoint(checkpoint!) : '';
  return {
    state: stateSentence(report),
    results: directions.flatMap(([direction, values]) => resultSentence(`${direction}${of}`, values) ?? []),
    alarms: [...divergence(report.curves), ...directions.flatMap(([direction, values]) => alarmsIn(direction, values))],
  };
}

/** The checkpoint that the evaluation's images are of. */
function chosenCheckpoint({ step, checkpoints }: ReportEvaluation): ReportCheckpoint | undefined {
  return checkpoints.find((checkpoint) => checkpoint.step === step) ?? checkpoints[0];
}

/** Which one of several: ` by the best checkpoint (epoch 3)`. */
function ofCheckpoint(checkpoint: ReportCheckpoint): string {
  const at = timeOf(checkpoint);
  return ` by the ${visible(checkpoint.name)} checkpoint${at === '' ? '' : ` (${at})`}`;
}

function stateSentence({ state, problem, stages, progress }: RunReport): string {
  const seconds = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  const took = seconds > 0 ? ` after ${duration(seconds)} of work` : '';
  const at = progress === null ? '' : `, in ${visible(progress)}`;
  switch (state) {
    case 'done':
      return seconds > 0 ? `Done in ${duration(seconds)}.` : 'Done.';
    case 'running':
      return `The run is still going on${at}: this is how far it was when the report was written.`;
    case 'unfinished':
      return `The run was stopped${took}${at}. The same command continues it.`;
    case 'failed': {
      const failed = stages.find((stage) => stage.state === 'failed');
      const where = failed === undefined ? '' : ` in ${visible(failed.name)}`;
      return `The run failed${where}${took}${problem === null ? '.' : `: ${visible(problem)}`}`;
    }
  }
}

/** `AtoB: kernel distance 0.021 (0.018 to 0.025), between the untranslated input (0.061) and real images (0.004).` @param what the direction */
function resultSentence(what: string, values: Readonly<Record<string, ReportValue>>): string | undefined {
  const name = headline(values);
  if (name === undefined) return undefined;
  const value = values[name]!;
  const interval =
    value.interval === null ? '' : ` (${value.interval.map((end) => formatNumberLike(end, value.value)).join(' to ')})`;
  const unit = value.unit === null ? '' : ` ${visible(value.unit)}`;
  const shown = formatWithin(value.value, value.interval);
  return `${what}: ${nameOfMetric(name)} ${shown}${unit}${interval}${comparison(value)}${doubts(name, values)}.`;
}

/** Metrics that disagree with the first on whether the translation is better than the input. */
function doubts(name: string, values: Readonly<Record<string, ReportValue>>): string {
  const isBetter = beatsInput(values[name]!);
  const others = Object.entries(values).filter(
    ([other, { value }]) => other !== name && saysHowGood(other, values) && Number.isFinite(value),
  );
  const against = isBetter === undefined ? [] : others.filter(([, value]) => beatsInput(value) === !isBetter);
  if (against.length === 0) return '';
  const texts = against.map(([other, value]) => {
    const relation = !isBetter ? 'better than' : inputIsWithin(value) ? 'not to be told apart from' : 'no better than';
    return `${nameOfMetric(other)} ${formatNumber(value.value)}, ${relation} the input’s ${formatNumber(value.unchanged!)}`;
  });
  return `; but ${texts.join('; ')}`;
}

/** Clearly: its interval does not include the input's value. Undefined without a value of the input. */
function beatsInput(measured: ReportValue): boolean | undefined {
  const { value, unchanged, better } = measured;
  if (unchanged === null) return undefined;
  return !inputIsWithin(measured) && (better === 'higher' ? value > unchanged : value < unchanged);
}

function inputIsWithin({ unchanged, interval }: ReportValue): boolean {
  return unchanged !== null && interval !== null && unchanged >= interval[0] && unchanged <= interval[1];
}

function comparison({ value, unchanged, real, better, interval }: ReportValue): string {
  if (!Number.isFinite(value)) return ', which is no number: the networks are broken';
  const sign = better === 'higher' ? 1 : -1;
  const [input, floor] = [unchanged, real].map((each) => (each === null ? '' : formatNumber(each)));
  const overlaps = (other: number) => interval !== null && other >= interval[0] && other <= interval[1];
  if (unchanged === null)
    return real === null
      ? ''
      : sign * (value - real) >= 0
        ? `, as good as real images (${floor})`
        : ` (real images: ${floor})`;
  if (overlaps(unchanged)) return `, which cannot be told apart from the untranslated input (${input})`;
  if (sign * (value - unchanged) <= 0) return `, no better than the untranslated input (${input})`;
  if (real === null) return `, better than the untranslated input (${input})`;
  if (sign * (value - real) >= 0) return `, as good as real images (${floor}; untranslated input: ${input})`;
  return `, between the untranslated input (${input}) and real images (${floor})`;
}

/** The metric that says most: a distance with both ends of its scale, then one with the input's value, then any. */
function headline(values: Readonly<Record<string, ReportValue>>): string | undefined {
  const names = Object.keys(values).filter((name) => saysHowGood(name, values));
  const has = (name: string, ...parts: ('unchanged' | 'real')[]) => parts.every((part) => values[name]![part] !== null);
  return (
    names.find((name) => has(name, 'unchanged', 'real')) ??
    names.find((name) => /^(ssim|psnr)$/.test(name) && has(name, 'unchanged')) ??
    names.find((name) => has(name, 'unchanged')) ??
    names[0] ??
    Object.keys(values)[0]
  );
}

/** Not a metric that only finds faults, and none of which the untranslated input has the best value. */
function saysHowGood(name: string, values: Readonly<Record<string, ReportValue>>): boolean {
  return values[name]!.diagnostic !== true && !/^(pr|cycle-error|identity-error)\b/.test(name);
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^kd\b/, 'kernel distance'],
  [/^kid\b/, 'KID'],
  [/^fd\b/, 'Fréchet distance'],
  [/^fid\b/, 'FID'],
  [/^swd\b|^sliced-wasserstein/, 'sliced Wasserstein distance'],
  [/^psnr$/, 'PSNR'],
  [/^ssim$/, 'SSIM'],
  [/^cycle-error$/, 'cycle error'],
  [/^identity-error$/, 'identity error'],
];

/** A metric's name for a sentence: `kernel distance` of `kd-efficientnet-lite0`. */
export function nameOfMetric(name: string): string {
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? visible(name);
}

function alarmsIn(direction: string, values: Readonly<Record<string, ReportValue>>): string[] {
  return Object.values(values).flatMap(({ alarm }) => (alarm === null ? [] : [`${direction}: ${visible(alarm)}`]));
}

/** Losses that end without a number. */
function divergence(curves: readonly ReportCurve[]): string[] {
  const lost = curves.filter(({ name, values }) => name.startsWith('loss/') && !Number.isFinite(values.at(-1) ?? 0));
  if (lost.length === 0) return [];
  const steps = lost.map(({ steps, values }) => steps[values.findIndex((value) => !Number.isFinite(value))]!);
  const since = count(Math.min(...steps));
  const which = lost.length === 1 ? `${visible(lost[0]!.name)} is` : `${counted(lost.length, 'curve')} of losses are`;
  return [`The training diverged: ${which} not a finite number from step ${since} on.`];
}
