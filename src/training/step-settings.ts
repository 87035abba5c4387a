import type { ConfigView } from '../registry/kinds/stage.js';
import { REPLICAS_VARIABLE } from '../support/device.js';
import { costOfStep } from './estimate-step.js';

/**
 * Products of a step, of all convolutions and their gradients, below which its operations are too short to be shared by cores: the
 * quickstart has 1 billion, a ResNet-6 at 64 pixels 42 billion. Measured on two cores: 1.4 times the speed at 1 billion, 1.1 at 10 billion.
 */
const SMALL = 12e9;

/**
 * TensorFlow's cards and threads for a training. By default all cores share each operation. Where operations are short, they wait for each other more
 * than they compute: then each has one core, and the two generators, which need nothing of each other, are computed side by side.
 *
 * A function of the config and the number of cores, as the number of threads decides last bits.
 */
export function stepSettings(view: ConfigView, cores: number): Readonly<Record<string, string>> {
  const { replicas = 1 } = view.config.engine;
  if (replicas > 1) return { [REPLICAS_VARIABLE]: String(replicas) };
  const cost = costOfStep(view);
  if (cost === undefined || cost.products > SMALL || cores > 2) return {};
  return { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: String(cores) };
}
