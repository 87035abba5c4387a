import type { NetworkCost } from '../registry/kinds/network.js';

/** What a convolution costs depends on these alone. */
export interface Convolution {
  readonly kernel: number;
  readonly from: number;
  readonly to: number;
  /** Side of what comes out, in pixels. */
  readonly side: number;
  /** Side of what goes in, for one that enlarges: there the kernel is laid on each of these pixels. */
  readonly enlarges?: number;
}

/** What one pass of an image through convolutions costs; everything between them is small beside that, or follows it. */
export function costOf(convolutions: readonly Convolution[]): NetworkCost {
  let [numbers, products] = [0, 0];
  for (const { kernel, from, to, side, enlarges = side } of convolutions) {
    numbers += to * side ** 2;
    products += kernel ** 2 * from * to * enlarges ** 2;
  }
  return { numbers, products };
}
