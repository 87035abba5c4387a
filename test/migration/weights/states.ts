import type { StateDict, TorchTensor } from '../../../src/torch/state-dict.js';

type Shapes = readonly (readonly [name: string, shape: readonly number[]])[];

/** A state_dict whose tensors have distinct numbers. */
export function stateOf(shapes: Shapes): Map<string, TorchTensor> {
  let next = 0;
  return new Map(
    shapes.map(([name, shape]) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next++ / 64);
      return [name, { shape, values }];
    }),
  );
}

/** The same with other names. */
export const renamed = (state: StateDict, rename: (name: string) => string): StateDict =>
  new Map([...state].map(([name, tensor]) => [rename(name), tensor]));

const conv = (name: string, to: number, from: number, kernel: number, bias = true): Shapes => [
  [`${name}.weight`, [to, from, kernel, kernel]],
  ...(bias ? ([[`${name}.bias`, [to]]] as const) : []),
];
const batchNorm = (name: string, channels: number): Shapes =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((key) => [`${name}.${key}`, [channels]] as const);
/** Of a transposed convolution, the first axis is that of the input. */
const transposed = (name: string, from: number, to: number, kernel: number, bias = true): Shapes => [
  [`${name}.weight`, [from, to, kernel, kernel]],
  ...(bias ? ([[`${name}.bias`, [to]]] as const) : []),
];

/** ResnetGenerator with instance norms. */
export function resnetState(blocks: number, w: number, { dropout = false, inputs = 3 } = {}): Map<string, TorchTensor> {
  const block = (i: number): Shapes => [
    ...conv(`model.${10 + i}.conv_block.1`, 4 * w, 4 * w, 3),
    ...conv(`model.${10 + i}.conv_block.${dropout ? 6 : 5}`, 4 * w, 4 * w, 3),
  ];
  const end = 10 + blocks;
  return stateOf([
    ...conv('model.1', w, inputs, 7),
    ...conv('model.4', 2 * w, w, 3),
    ...conv('model.7', 4 * w, 2 * w, 3),
    ...Array.from({ length: blocks }, (_, i) => block(i)).flat(),
    ...transposed(`model.${end}`, 4 * w, 2 * w, 3),
    ...transposed(`model.${end + 3}`, 2 * w, w, 3),
    ...conv(`model.${end + 7}`, 3, w, 7),
  ]);
}

/** UnetGenerator of five levels with batch norms. */
export function unetState(w: number): Map<string, TorchTensor> {
  const level = (name: string, outer: number, inner: number): Shapes => [
    ...conv(`${name}.1`, inner, outer, 4, false),
    ...batchNorm(`${name}.2`, inner),
    ...transposed(`${name}.5`, 2 * inner, outer, 4, false),
    ...batchNorm(`${name}.6`, outer),
  ];
  const inside = (depth: number) => `model.model.1.model${'.3.model'.repeat(depth)}`;
  return stateOf([
    ...conv('model.model.0', w, 3, 4, false),
    ...transposed('model.model.3', 2 * w, 3, 4),
    ...level(inside(0), w, 2 * w),
    ...level(inside(1), 2 * w, 4 * w),
    ...level(inside(2), 4 * w, 8 * w),
    ...conv(`${inside(3)}.1`, 8 * w, 8 * w, 4, false),
    ...transposed(`${inside(3)}.3`, 8 * w, 8 * w, 4, false),
    ...batchNorm(`${inside(3)}.4`, 8 * w),
  ]);
}

/** NLayerDiscriminator of two layers with instance norms. */
export function patchganState(w: number, inputs = 3): Map<string, TorchTensor> {
  return stateOf([
    ...conv('model.0', w, inputs, 4),
    ...conv('model.2', 2 * w, w, 4),
    ...conv('model.5', 4 * w, 2 * w, 4),
    ...conv('model.8', 1, 4 * w, 4),
  ]);
}
