import type { ConfigView, StageEstimate } from '../registry/kinds/stage.js';
import type { Trained } from '../registry/kinds/network.js';
import { averagesOf, buildMethod } from '../methods/build.js';

/** Memory of Node, TensorFlow and the graph without a network. */
const PROGRAM_BYTES = 0.58e9;
/** A weight, its two moments of Adam and its gradient; 4 bytes each. */
const BYTES_PER_WEIGHT = 16;
/** Of a weight's moving average: see `train.ema_decay`. */
const BYTES_PER_AVERAGE = 4;
/** Of the sum of a weight's gradients: see `train.accumulate`. */
const BYTES_PER_SUM = 4;
/** The gradients need the output of a convolution, of its norm and of its activation; 4 bytes each. */
const BYTES_PER_NUMBER = 12;
/** Multiplications per core and second, as measured for U-Nets and ResNets: within a factor of 2. */
const PRODUCTS_PER_SECOND = 35e9;

/**
 * Memory and time of a training step, computed from the networks. Against the peak memory in bench/README.md: U-Net 256: 2.9 GB (3.1
 * measured), ResNet-9 256: 3.5 (3.0), ResNet-6 64: 1.0 (1.0).
 *
 * @returns undefined when a network, such as one of a plugin, declares no cost
 */
export function estimateStep(view: ConfigView, cores: number): StageEstimate | undefined {
  const cost = costOfStep(view);
  if (cost === undefined) return undefined;
  const { numbers, products, weights, averaged } = cost;
  const { accumulate = 1 } = view.config.train;
  return {
    bytes:
      PROGRAM_BYTES +
      (BYTES_PER_WEIGHT + (accumulate > 1 ? BYTES_PER_SUM : 0)) * weights +
      BYTES_PER_AVERAGE * averaged +
      BYTES_PER_NUMBER * numbers,
    seconds: (accumulate * products) / (PRODUCTS_PER_SECOND * cores),
    unit: 'step',
    cure: 'Lower dataset.image_size (half the side takes about a quarter of the memory), dataset.batch_size or the networks’ width.',
  };
}

/**
 * The size of a step, or of each of its parts with `train.accumulate`: numbers that gradients need, products of all convolutions and their gradients, weights, and those that are averaged.
 *
 * @returns undefined when a network, such as one of a plugin, declares no cost
 */
export function costOfStep(view: ConfigView) {
  const { networks, passes } = buildMethod(view);
  const batch = view.config.dataset.batch_size;
  const averages = averagesOf(view);
  let [numbers, products, weights, averaged] = [0, 0, 0, 0];
  for (const [name, network] of Object.entries(networks)) {
    if (network.cost === undefined) return undefined;
    numbers += batch * passes[name]! * network.cost.numbers;
    // The gradients cost twice as much as the forward pass.
    products += 3 * batch * passes[name]! * network.cost.products;
    weights += weightsOf(network);
    if (averages.includes(name)) averaged += weightsOf(network);
  }
  return { numbers, products, weights, averaged };
}

function weightsOf({ weights }: Trained): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
