import type { Json, JsonObject } from '../../support/json.js';
import type { TorchModules } from './torch-modules.js';

/** A network that was recognised in a state_dict. */
export interface TorchNetwork {
  readonly section: 'generator' | 'discriminator';
  /** For people: `ResNet, 9 blocks, width 64`. */
  readonly title: string;
  /** The component that it is here: `resnet`. */
  readonly type: string;
  /** The options on which its output depends: the values with which the weights fit, the usual first. */
  readonly options: Readonly<Record<string, readonly Json[]>>;
  /** Options of training that can be told from it. */
  readonly training: JsonObject;
  /** The channels of its input. */
  readonly channels: number;
  readonly layers: readonly TorchLayer[];
}

/** A convolution with the norm after it, there and here. */
export interface TorchLayer {
  /** Its name here: `down1`, of `down1/kernel`. */
  readonly ours: string;
  /** The names of the modules there: `model.4`. */
  readonly conv: string;
  readonly norm?: string;
  /** Whether its input is a concatenation that here has its two halves in the other order. */
  readonly swapped?: boolean;
}

/** The options for the norms of a network's layers. */
export function normOptions(
  modules: TorchModules,
  layers: readonly TorchLayer[],
): { readonly title: string; readonly options: Readonly<Record<'norm' | 'affine', readonly Json[]>> } {
  const withNorm = layers.filter(({ norm }) => norm !== undefined);
  const has = (name: string) => withNorm.some(({ norm }) => modules.get(norm!)?.[name] !== undefined);
  // An affine norm with a scale of 1 and an offset of 0 is one that is not affine.
  if (has('weight')) {
    // Where an image is translated by itself, a batch norm is an instance norm: in `test.py` without `--eval`, and here.
    const norm = has('running_mean') ? ['batch', 'instance'] : ['instance'];
    return { title: has('running_mean') ? 'batch norms' : 'affine instance norms', options: { norm, affine: [true] } };
  }
  // networks.py gives convolutions biases before instance norms, and only there.
  const biased = withNorm.some(({ conv }) => modules.get(conv)?.['bias'] !== undefined);
  return biased
    ? { title: 'instance norms', options: { norm: ['instance'], affine: [false, true] } }
    : { title: 'no norms', options: { norm: ['none'], affine: [true, false] } };
}
