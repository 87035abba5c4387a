import { NORMAL_95 } from './jackknife.js';

/**
 * The 95% interval of a share of `count` independent images (Wilson 1927, "Probable inference, the law of succession, and statistical
 * inference"). Unlike the bootstrap's it does not shrink to a point where all images agree.
 */
export function shareInterval(share: number, count: number): [number, number] {
  const z = NORMAL_95 ** 2 / count;
  const middle = (share + z / 2) / (1 + z);
  const half = Math.sqrt(share * (1 - share) * z + z ** 2 / 4) / (1 + z);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
