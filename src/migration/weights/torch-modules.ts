import type { StateDict, TorchTensor } from '../../torch/state-dict.js';

/** The parameters and buffers of one PyTorch module by their names: `weight`, `bias`, `running_mean`. */
export type TorchModule = Readonly<Partial<Record<string, TorchTensor>>>;

/** The modules of a state_dict by their names, `model.1`, in its order. */
export type TorchModules = ReadonlyMap<string, TorchModule>;

/** Groups the tensors of a state_dict by module, without the prefix that DataParallel and DistributedDataParallel add. */
export function modulesOf(state: StateDict): TorchModules {
  const modules = new Map<string, Record<string, TorchTensor>>();
  const isWrapped = [...state.keys()].every((name) => name.startsWith(WRAPPER));
  for (const [name, tensor] of state) {
    const path = isWrapped ? name.slice(WRAPPER.length) : name;
    const dot = path.lastIndexOf('.');
    const module = path.slice(0, Math.max(0, dot));
    const own = modules.get(module) ?? {};
    own[path.slice(dot + 1)] = tensor;
    modules.set(module, own);
  }
  return modules;
}

/** The name of a tensor in a state_dict. @param module empty for a tensor of the whole */
export const tensorName = (module: string, key: string): string => (module === '' ? key : `${module}.${key}`);

const WRAPPER = 'module.';

/** A convolution, transposed or not, and its place in a Sequential. */
export interface TorchConv {
  readonly name: string;
  /** The last number in its name: 4 of `model.4`. */
  readonly index: number;
  /** [out, in, h, w]; of a transposed one [in, out, h, w]. */
  readonly shape: readonly [number, number, number, number];
}

/** The convolutions directly in a Sequential, in its order. @param parent its name: `model` */
export function convsIn(modules: TorchModules, parent: string): TorchConv[] {
  return childrenOf(modules, parent)
    .flatMap(({ name, index, module }) => {
      const shape = module['weight']?.shape ?? [];
      return shape.length === 4 ? [{ name, index, shape: shape as TorchConv['shape'] }] : [];
    })
    .sort((a, b) => a.index - b.index);
}

/** The places of the blurs of CUT's antialiased sampling in a Sequential. */
export function blursIn(modules: TorchModules, parent: string): number[] {
  return childrenOf(modules, parent).flatMap(({ index, module }) => (module['filt'] === undefined ? [] : [index]));
}

function childrenOf(modules: TorchModules, parent: string) {
  return [...modules].flatMap(([name, module]) => {
    const rest = name.startsWith(`${parent}.`) ? name.slice(parent.length + 1) : '';
    return /^\d+$/.test(rest) ? [{ name, index: Number(rest), module }] : [];
  });
}
