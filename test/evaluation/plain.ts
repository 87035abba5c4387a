/**
 * The image metrics in plain numbers, pixel by pixel, written from their papers: the reference for those computed with tensors. Images are
 * [height, width, channels] in [0, 1], one row after another.
 */
export interface PlainImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean |a - b|. */
export function plainL1(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return mean(Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

/** In dB, for a peak of 1. */
export function plainPsnr(a: PlainImage, b: PlainImage): number {
  return 10 * Math.log10(1 / mean(Array.from(a.data, (value, i) => (value - b.data[i]!) ** 2)));
}

/** Wang et al. 2004, equation 13 with its constants of section III.C: K1 = 0.01, K2 = 0.03, L = 1; their window is 11x11 with sigma 1.5. */
export function plainSsim(a: PlainImage, b: PlainImage, size = 11, sigma = 1.5): number {
  const { width, height, channels } = a;
  const [C1, C2, middle] = [0.0001, 0.0009, (size - 1) / 2];
  const gauss = Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [(i % size) - middle, Math.floor(i / size) - middle];
    return Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
  });
  const total = gauss.reduce((sum, weight) => sum + weight, 0);
  const found: number[] = [];
  for (let top = 0; top + size <= height; top++) {
    for (let left = 0; left + size <= width; left++) {
      for (let channel = 0; channel < channels; channel++) {
        const weighted = (value: (place: number) => number) =>
          gauss.reduce((sum, weight, i) => {
            const [x, y] = [left + (i % size), top + Math.floor(i / size)];
            return sum + (weight / total) * value((y * width + x) * channels + channel);
          }, 0);
        const [muA, muB] = [weighted((i) => a.data[i]!), weighted((i) => b.data[i]!)];
        const varianceA = weighted((i) => (a.data[i]! - muA) ** 2);
        const varianceB = weighted((i) => (b.data[i]! - muB) ** 2);
        const covariance = weighted((i) => (a.data[i]! - muA) * (b.data[i]! - muB));
        found.push(
          ((2 * muA * muB + C1) * (2 * covariance + C2)) / ((muA ** 2 + muB ** 2 + C1) * (varianceA + varianceB + C2)),
        );
      }
    }
  }
  return mean(found);
}
