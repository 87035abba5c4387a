import type { NetworkCost } from '../registry/kinds/network.js';

/** The properties that determine the cost of a convolution. */
export interface Convolution {
  readonly kernel: number;
  readonly from: number;
  readonly to: number;
  /** Side of the output, in pixels. */
  readonly side: number;
  /** Side of the input of a transposed convolution, which applies the kernel to each input pixel. */
  readonly enlarges?: number;
}

/** The cost of one pass of an image through convolutions; the cost of other layers is small or proportional to it. */
export function costOf(convolutions: readonly Convolution[]): NetworkCost {
  let [numbers, products] = [0, 0];
  for (const { kernel, from, to, side, enlarges = side } of convolutions) {
    numbers += to * side ** 2;
    products += kernel ** 2 * from * to * enlarges ** 2;
  }
  return { numbers, products };
}
