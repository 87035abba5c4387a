import type { Initializer, Network, WeightSpec } from '../registry/kinds/network.js';

/** Options of the initial weights: see {@link INIT_OPTION} and {@link GAIN_OPTION}. */
export interface InitOptions {
  readonly init?: 'normal' | 'xavier' | 'kaiming' | 'orthogonal';
  readonly gain?: number;
}

/** A network with other initial kernels and scales, as pytorch-CycleGAN-and-pix2pix's `init_weights` has them; offsets and biases stay 0. */
export function initialized(network: Network, { init = 'normal', gain = 0.02 }: InitOptions): Network {
  const initial = ({ name, shape, initial: own }: WeightSpec): Initializer => {
    if (name.endsWith('/kernel')) return ofKernel(init, gain, shape);
    return name.endsWith('/scale') ? { kind: 'normal', mean: 1, stddev: gain } : own;
  };
  return { ...network, weights: network.weights.map((weight) => ({ ...weight, initial: initial(weight) })) };
}

/**
 * @param shape [h, w, in, out], of a transposed convolution [h, w, out, in]. PyTorch has the reverse order of both, and takes its first axis
 * for the outputs of both, so its fan-in of a transposed convolution is that of its outputs here too.
 */
function ofKernel(init: NonNullable<InitOptions['init']>, gain: number, shape: readonly number[]): Initializer {
  const [height, width, third, fourth] = shape as [number, number, number, number];
  const [fanIn, fanOut] = [height * width * third, height * width * fourth];
  const normal = (stddev: number): Initializer => ({ kind: 'normal', mean: 0, stddev });
  switch (init) {
    case 'normal':
      return normal(gain);
    case 'xavier':
      return normal(gain * Math.sqrt(2 / (fanIn + fanOut)));
    case 'kaiming':
      return normal(Math.sqrt(2 / fanIn));
    case 'orthogonal':
      return { kind: 'orthogonal', gain };
  }
}
