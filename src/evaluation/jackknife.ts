/**
 * The 95% interval of a statistic by the infinitesimal jackknife (Efron and Tibshirani 1993, chapter 22): from the influence of each image,
 * the change of the statistic by that image's weight. It is what the bootstrap approximates by resampling, to first order. For statistics that
 * resampling itself would shift, such as the Fréchet distance: a resample has fewer different images, and the distance grows with fewer.
 *
 * @param samples the influences of each independent sample's images, which sum to 0
 */
export function jackknifeInterval(value: number, samples: readonly Iterable<number>[]): [number, number] {
  const variance = samples.reduce((sum, influences) => sum + varianceOfMean([...influences]), 0);
  const half = NORMAL_95 * Math.sqrt(variance);
  return [value - half, value + half];
}

/** The 97.5% quantile of the normal distribution. */
export const NORMAL_95 = 1.959963984540054;

function varianceOfMean(influences: readonly number[]): number {
  return influences.reduce((sum, each) => sum + each ** 2, 0) / influences.length ** 2;
}
