import { bootstrapInterval } from '../../evaluation/bootstrap.js';
import { isEqualJson, type Json } from '../../support/json.js';
import type { RecordedValue } from '../../evaluation/recorded-values.js';

/** What a metric says of a run against the first one. */
export interface Verdict {
  readonly verdict: 'better' | 'worse' | 'cannot be told apart' | 'no interval' | 'not comparable';
  /** `images`: the paired difference over the same test images. `intervals`: whether the two intervals overlap. */
  readonly by: 'images' | 'intervals' | null;
  /** This run's value minus the first one's. */
  readonly difference: number | null;
  /** Of the paired difference, 95%. */
  readonly interval: readonly [number, number] | null;
  /** Number of test images of the paired difference. */
  readonly images: number | null;
  /** In a few words, with units left out. */
  readonly reason: string;
}

/** One run's measurement of a metric in a direction. */
export interface Sample {
  readonly measured: RecordedValue | undefined;
  /** The hash of the metric's options, or its entry in the config; undefined if neither is known. */
  readonly options: Json | undefined;
  /** The identity of the weights of the metric's extractor, if it has one. */
  readonly weights?: Json | undefined;
  /** The value of each test image by the image's name, if the run has recorded them. */
  readonly scores: ReadonlyMap<string, number> | undefined;
}

/** A bootstrap over fewer images gives intervals that are far too narrow. */
export const FEWEST_IMAGES = 5;

/** The images' values may be rounded. */
const ROUNDING = 1e-3;
/** By chance, the mean of some images is farther from that of all in one of ten thousand cases. */
const STANDARD_ERRORS = 4;

/**
 * Compares a run with the first one: by the paired difference over the test images where both runs have a value for each image, else by whether their
 * intervals overlap, which is the weaker test. A paired difference is the mean of the differences of single images, with a 95% bootstrap
 * interval over images: the difficulty of an image, which both runs share, drops out.
 *
 * @param otherImages why the test images are not known to be the same
 */
export function judge(first: Sample, run: Sample, otherImages: string | undefined): Verdict {
  const [a, b] = [first.measured, run.measured];
  const reason = refusal(first, run) ?? otherImages;
  if (reason !== undefined || a === undefined || b === undefined)
    return { ...NOTHING, verdict: 'not comparable', reason: reason ?? '' };
  const difference = b.value - a.value;
  const paired = [first, run].every(isMeanOfImages) ? pairedDifferences(first.scores, run.scores) : undefined;
  if (paired !== undefined) return byImages(paired, a);
  if (a.interval === undefined || b.interval === undefined) {
    return { ...NOTHING, verdict: 'no interval', difference, reason: whyNoInterval(first, run) };
  }
  return { ...NOTHING, ...byIntervals(a.interval, b.interval, a.better), difference };
}

const NOTHING = { by: null, difference: null, interval: null, images: null } as const;

/** Why two values must not be compared. */
function refusal(
  { measured: a, options: before, weights: own }: Sample,
  { measured: b, options: after, weights: other }: Sample,
): string | undefined {
  if (a === undefined) return 'the first run has no such value';
  if (b === undefined) return 'this run has no such value';
  if (a.better !== b.better || a.unit !== b.unit)
    return 'the metrics are not the same: they differ in unit or in what is better';
  if (before !== undefined && after !== undefined && !isEqualJson(before, after))
    return 'measured with other options of the metric';
  if (own !== undefined && other !== undefined && !isEqualJson(own, other))
    return 'measured with other weights of the extractor';
  if (a.count !== b.count)
    return `measured on ${String(b.count ?? 'an unknown number of')} images, the first run on ${String(a.count ?? 'an unknown number')}`;
  if (a.diagnostic === true || b.diagnostic === true) return 'it only finds faults: no value of it is better';
  if (a.better === undefined) return 'the runs have not recorded which values are better';
  if (!Number.isFinite(a.value)) return 'the first run has no finite value';
  if (!Number.isFinite(b.value)) return 'this run has no finite value';
  return undefined;
}

/**
 * Whether the value may be the mean of the images' values; a plugin's metric may have values of single images that are something else. An evaluation
 * keeps values of some of the images only, if they are many: then the mean of these is close.
 */
function isMeanOfImages({ measured, scores }: Sample): boolean {
  if (measured === undefined || scores === undefined) return false;
  const values = [...scores.values()];
  const center = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - center) ** 2)) / values.length);
  const isPart = measured.count !== undefined && values.length < measured.count;
  return (
    Math.abs(center - measured.value) <= ROUNDING * Math.abs(measured.value) + (isPart ? STANDARD_ERRORS * error : 0)
  );
}

/** Of the images that both runs have values of; undefined if these are too few. */
function pairedDifferences(first: Sample['scores'], run: Sample['scores']): Float64Array | undefined {
  const shared = [...(first ?? [])].filter(([name]) => run?.has(name) === true);
  const differences = Float64Array.from(shared, ([name, value]) => run!.get(name)! - value);
  // A perfect PSNR is infinite: then there is no mean difference.
  return differences.length >= FEWEST_IMAGES && differences.every(Number.isFinite) ? differences : undefined;
}

function byImages(differences: Float64Array, { better, count }: RecordedValue): Verdict {
  const interval = bootstrapInterval(differences.length, (at) => mean(Array.from(at, (i) => differences[i]!)));
  const [low, high] = interval;
  const images = differences.length;
  const reason =
    count !== undefined && images < count
      ? `over ${images} of the same ${count} images`
      : `over the same ${images} images`;
  const verdict = decide(low > 0 ? 1 : high < 0 ? -1 : 0, better);
  return { verdict, by: 'images', difference: mean([...differences]), interval, images, reason };
}

function byIntervals(
  first: readonly [number, number],
  run: readonly [number, number],
  better: RecordedValue['better'],
) {
  const decided = decide(run[0] > first[1] ? 1 : run[1] < first[0] ? -1 : 0, better);
  const reason = decided === 'cannot be told apart' ? 'the intervals overlap' : 'the intervals do not overlap';
  return { verdict: decided, by: 'intervals', reason } as const;
}

/** @param sign of the difference; 0 if it may be either */
function decide(sign: number, better: RecordedValue['better']) {
  if (sign === 0) return 'cannot be told apart';
  return sign > 0 === (better === 'higher') ? 'better' : 'worse';
}

function whyNoInterval(first: Sample, run: Sample): string {
  const few = [first, run].some(({ scores }) => scores !== undefined && scores.size < FEWEST_IMAGES);
  if (few) return `fewer than ${FEWEST_IMAGES} images`;
  const lacks = first.measured?.interval === undefined ? 'the first run' : 'this run';
  return `${lacks} has none`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
