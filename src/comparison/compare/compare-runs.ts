import { nameOf, isReference, valueAt } from '../../config/reference.js';
import type { EvaluationPart } from '../../evaluation/evaluation-images.js';
import { makeMetric } from '../../evaluation/make-metric.js';
import type { RecordedValue } from '../../evaluation/recorded-values.js';
import type { Reference } from '../../registry/config.js';
import type { Components } from '../../registry/kinds.js';
import { parseMetricName, VALIDATION } from '../../registry/metric-name.js';
import { isJsonObject, type Json } from '../../support/json.js';
import { differingKeys, type DifferingKey } from '../recorded-config.js';
import type { RunEntry } from '../run-entry.js';
import { environmentDifferences, type EnvironmentDifference } from './environment.js';
import { otherImages } from './other-images.js';
import { readEvaluation, type Evaluation } from './test-images.js';
import { judge, type Sample, type Verdict } from './verdict.js';

/** Runs side by side. The first is what the others are compared with. */
export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** The config keys that differ, with the value of each run; null if it has none. */
  readonly config: readonly DifferingKey[];
  readonly environment: readonly EnvironmentDifference[];
  readonly metrics: readonly ComparedMetric[];
}

export interface ComparedRun {
  /** `A`, `B`...: for tables. */
  readonly label: string;
  readonly entry: RunEntry;
  readonly evaluation: Evaluation | undefined;
}

/** A metric in one direction. */
export interface ComparedMetric {
  /** `AtoB/psnr` */
  readonly path: string;
  readonly direction: string | null;
  readonly metric: string;
  readonly better: RecordedValue['better'] | null;
  readonly unit: string | null;
  /** For each run. */
  readonly values: readonly (RecordedValue | null)[];
  /** For each run; null for the first. */
  readonly verdicts: readonly (Verdict | null)[];
}

/** Compares runs by what they have left on disk. @param components to find the options of metrics of runs that have recorded none */
export async function compareRuns(
  entries: readonly RunEntry[],
  components: Pick<Components, 'metric' | 'extractor'>,
): Promise<Comparison> {
  const runs = await Promise.all(
    entries.map(async (entry, i) => ({
      label: String.fromCharCode(65 + i),
      entry,
      evaluation: await readEvaluation(entry),
    })),
  );
  const paths = [...new Set(entries.flatMap(({ metrics }) => [...metrics.keys()]))];
  // Those of the validation, which serve to choose a checkpoint, come last.
  const ordered = [...paths.filter((path) => !isOfValidation(path)), ...paths.filter(isOfValidation)];
  const others = {
    test: await whyOtherImages('test', entries),
    validation: await whyOtherImages('validation', entries),
  };
  return {
    runs,
    config: differingKeys(entries.map(({ config }) => config)),
    environment: await environmentDifferences(entries),
    metrics: ordered.map((path) => compareMetric(path, runs, others, components)),
  };
}

/** Whether a value was measured on validation images. @param path of the metric */
export function isOfValidation(path: string): boolean {
  return parseMetricName(path).source.split('/').at(-1) === VALIDATION;
}

type OtherImages = Readonly<Record<EvaluationPart, readonly (string | undefined)[]>>;

/** For each run, why its images are not those of the first. */
async function whyOtherImages(part: EvaluationPart, entries: readonly RunEntry[]): Promise<(string | undefined)[]> {
  return Promise.all(entries.map(async (entry, i) => (i === 0 ? undefined : otherImages(part, entries[0]!, entry))));
}

function compareMetric(
  path: string,
  runs: readonly ComparedRun[],
  others: OtherImages,
  components: Pick<Components, 'metric' | 'extractor'>,
): ComparedMetric {
  const { direction, name } = parseMetricName(path);
  const metric = direction === null ? path : name;
  const samples = runs.map((run) => sampleOf(path, run, components));
  const known = samples.flatMap(({ measured }) => measured ?? []);
  const whyOther = (i: number) =>
    isOfValidation(path) ? others.validation[i] : (others.test[i] ?? otherNames(direction, runs[0]!, runs[i]!));
  const verdicts = samples.map((sample, i) => (i === 0 ? null : judge(samples[0]!, sample, whyOther(i))));
  return {
    ...{ path, direction, metric, verdicts },
    better: known[0]?.better ?? null,
    unit: known[0]?.unit ?? null,
    values: samples.map(({ measured }) => measured ?? null),
  };
}

function sampleOf(
  path: string,
  { entry, evaluation }: ComparedRun,
  components: Pick<Components, 'metric' | 'extractor'>,
): Sample {
  const { source, direction, name, metric } = parseMetricName(path);
  const images = evaluation?.images.filter((image) => image.direction === direction) ?? [];
  const scores = images.flatMap((image) =>
    image.scores.has(name) ? [[image.name, image.scores.get(name)!] as const] : [],
  );
  // Names that occur twice cannot be paired; a second evaluation has images of its own.
  const isWhole =
    source === '' &&
    direction !== null &&
    scores.length > 0 &&
    new Set(scores.map(([name]) => name)).size === scores.length;
  return {
    measured: entry.metrics.get(path),
    options: entry.metrics.get(path)?.options ?? optionsOf(metric, entry, components),
    weights: weightsOf(metric, evaluation),
    scores: isWhole && scores.length === images.length ? new Map(scores) : undefined,
  };
}

/** The hash of the metric's entry in `evaluate.metrics`, for a run that has not recorded it; the entry itself, of a plugin's metric. */
function optionsOf(
  metric: string,
  { config }: RunEntry,
  components: Pick<Components, 'metric' | 'extractor'>,
): Json | undefined {
  const list = config === null ? undefined : valueAt(config, ['evaluate', 'metrics']);
  const references = Array.isArray(list) ? (list as readonly Json[]).filter(isReference) : [];
  const named = references.map((reference) => ({ reference, made: madeOf(reference, components) }));
  const own = named.find(({ reference, made }) => (made?.name ?? nameOf(reference)) === metric);
  return own?.made?.options ?? own?.reference;
}

/** Undefined for a metric that this version does not have, such as a plugin's. */
function madeOf(reference: Reference, components: Pick<Components, 'metric' | 'extractor'>) {
  try {
    return makeMetric(components, reference);
  } catch {
    return undefined;
  }
}

/** What the evaluation has recorded of the extractor's weights. */
function weightsOf(metric: string, evaluation: Evaluation | undefined): Json | undefined {
  const files = evaluation?.record.parts.files;
  return files !== undefined && isJsonObject(files) ? files[metric] : undefined;
}

/** An evaluation may keep fewer images than the other, but the same ones at the same places. */
function otherNames(direction: string | null, first: ComparedRun, run: ComparedRun): string | undefined {
  const own = first.evaluation?.images.filter((image) => image.direction === direction) ?? [];
  const names = new Map(own.map(({ index, name }) => [index, name]));
  const others = run.evaluation?.images.filter((image) => image.direction === direction) ?? [];
  const isOther = others.some(({ index, name }) => names.has(index) && names.get(index) !== name);
  return isOther ? 'the test images have other names' : undefined;
}
