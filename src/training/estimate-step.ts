import type { ConfigView, StageEstimate } from '../registry/kinds/stage.js';
import type { Network } from '../registry/kinds/network.js';
import { buildMethod } from '../methods/build.js';

/** Node, TensorFlow and the graph, before there is a network. */
const PROGRAM_BYTES = 0.58e9;
/** Of each weight: itself, two moments of Adam, the gradient; 4 bytes each. */
const BYTES_A_WEIGHT = 16;
/** What a convolution gives is kept for the gradients, and so is what norm and activation make of it; 4 bytes each. */
const BYTES_A_NUMBER = 12;
/** Multiplications that a core does in a second, as U-Nets and ResNets were measured to: half as many to twice as many. */
const PRODUCTS_A_SECOND = 35e9;

/**
 * What a training step takes, from the networks alone. Against the peak memory in bench/README.md: U-Net 256: 2.9 GB (3.1 measured),
 * ResNet-9 256: 3.5 (3.0), ResNet-6 64: 1.0 (1.0).
 *
 * @returns nothing where a network does not say what it costs, as one of a plugin
 */
export function estimateStep(view: ConfigView, cores: number): StageEstimate | undefined {
  const { networks, passes } = buildMethod(view);
  const batch = view.config.dataset.batch_size;
  let [numbers, products, weights] = [0, 0, 0];
  for (const [name, network] of Object.entries(networks)) {
    if (network.cost === undefined) return undefined;
    numbers += batch * passes[name]! * network.cost.numbers;
    products += batch * passes[name]! * network.cost.products;
    weights += weightsOf(network);
  }
  return {
    bytes: PROGRAM_BYTES + BYTES_A_WEIGHT * weights + BYTES_A_NUMBER * numbers,
    // The gradients cost twice what the pass does.
    seconds: (3 * products) / (PRODUCTS_A_SECOND * cores),
    unit: 'step',
    cure: 'Lower dataset.image_size (half the side takes about a quarter of the memory), dataset.batch_size or the networks’ width.',
  };
}

function weightsOf({ weights }: Network): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
