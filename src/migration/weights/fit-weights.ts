import type { WeightSpec } from '../../registry/kinds/network.js';
import type { TorchTensor } from '../../torch/state-dict.js';
import { fromTorchKernel } from './torch-kernel.js';
import { tensorName, type TorchModules } from './torch-modules.js';
import type { TorchLayer, TorchNetwork } from './torch-network.js';

/** A tensor's numbers, in the order and shape of the network here. */
export interface FittedWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A tensor that does not fit, by its name in the file, or by its name here if the file has none. Shapes are PyTorch's. */
export interface Misfit {
  readonly name: string;
  readonly expected?: readonly number[];
  readonly found?: readonly number[];
}

export type Fit =
  | { readonly ok: true; readonly weights: Readonly<Record<string, FittedWeight>> }
  | { readonly ok: false; readonly misfits: readonly Misfit[] };

/**
 * The weights of a network here from those of a state_dict.
 *
 * What one side lacks is filled in or left out where that changes nothing: biases are 0, scales 1 and offsets 0; a bias before an instance norm,
 * which removes it, and running statistics of norms, which nothing here takes, are left out.
 *
 * @param specs of the network here
 */
export function fitWeights(network: TorchNetwork, modules: TorchModules, specs: readonly WeightSpec[]): Fit {
  const used = new Set<TorchTensor>();
  const misfits: Misfit[] = [];
  const weights: Record<string, FittedWeight> = {};
  const places = placesOf(network.layers, modules);

  for (const { name, shape } of specs) {
    const place = places.get(name);
    const tensor = place?.tensor;
    if (tensor !== undefined) used.add(tensor);
    const expected = name.endsWith('/kernel') ? toTorchShape(shape) : shape;
    if (tensor !== undefined && same(tensor.shape, expected)) {
      weights[name] = { shape, values: place!.read(tensor) };
    } else if (tensor !== undefined) {
      misfits.push({ name: place!.name, expected, found: tensor.shape });
    } else if (place?.absent !== undefined) {
      weights[name] = { shape, values: new Float32Array(product(shape)).fill(place.absent) };
    } else {
      misfits.push({ name: place?.name ?? name, expected });
    }
  }

  const beforeNorm = new Set(network.layers.flatMap(({ conv, norm }) => (norm === undefined ? [] : [conv])));
  const dropsBiases = network.options['norm']?.[0] === 'instance';
  for (const [module, tensors] of modules) {
    for (const [key, tensor] of Object.entries(tensors)) {
      if (tensor === undefined || used.has(tensor) || IGNORED.has(key)) continue;
      if (key === 'bias' && dropsBiases && beforeNorm.has(module)) continue;
      misfits.push({ name: tensorName(module, key), found: tensor.shape });
    }
  }
  return misfits.length > 0 ? { ok: false, misfits } : { ok: true, weights };
}

/** Counts and running statistics of norms, and the blurs of CUT's sampling, which are not trained. */
const IGNORED: ReadonlySet<string> = new Set(['num_batches_tracked', 'running_mean', 'running_var', 'filt']);

/** The place in the file of a weight here. */
interface WeightPlace {
  /** Its name in the file. */
  readonly name: string;
  readonly tensor: TorchTensor | undefined;
  readonly read: (tensor: TorchTensor) => Float32Array;
  /** Its numbers where the file does not have it; undefined if it must. */
  readonly absent?: number;
}

/** By the weights' names here. */
function placesOf(layers: readonly TorchLayer[], modules: TorchModules): ReadonlyMap<string, WeightPlace> {
  const places = new Map<string, WeightPlace>();
  for (const { ours, conv, norm, swapped = false } of layers) {
    const add = (name: string, module: string, key: string, rest: Partial<WeightPlace>) => {
      const tensor = modules.get(module)?.[key];
      places.set(`${ours}/${name}`, { name: tensorName(module, key), tensor, read: ({ values }) => values, ...rest });
    };
    add('kernel', conv, 'weight', { read: (tensor) => fromTorchKernel(tensor, swapped) });
    add('bias', conv, 'bias', { absent: 0 });
    if (norm === undefined) continue;
    add('norm/scale', norm, 'weight', { absent: 1 });
    add('norm/offset', norm, 'bias', { absent: 0 });
  }
  return places;
}

/** [h, w, in, out] here is [out, in, h, w] there; of a transposed convolution [h, w, out, in] is [in, out, h, w]. */
function toTorchShape([h, w, third, fourth]: readonly number[]): readonly number[] {
  return [fourth!, third!, h!, w!];
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((side, i) => side === b[i]);

const product = (sides: readonly number[]): number => sides.reduce((size, side) => size * side, 1);
