import type { Graph } from './graph.js';
import { typeOf } from './graph-def.js';
import type { Attributes } from './shapes.js';

/**
 * `float32`, or `bfloat16`: mixed precision. Convolutions and matrix products take bfloat16 (8 bits of exponent as float32, 8 of
 * fraction) and everything else, weights, norms, losses and updates included, stays float32 (Micikevicius et al. 2018,
 * arXiv:1710.03740; with bfloat16's range no loss scaling is needed, Kalamkar et al. 2019, arXiv:1905.12322).
 */
export type Precision = 'float32' | 'bfloat16';

/** The inputs that hold numbers to multiply; the others are shapes. */
const PRODUCTS: Readonly<Record<string, readonly number[]>> = {
  BatchMatMulV2: [0, 1],
  Conv2D: [0, 1],
  Conv2DBackpropFilter: [0, 2],
  Conv2DBackpropInput: [1, 2],
  MatMul: [0, 1],
};

/** Adds an op, in bfloat16 where that is asked for and of use. @returns its node; the result is float32 either way */
export function addWithPrecision(
  graph: Graph,
  precision: Precision,
  op: string,
  inputs: readonly string[],
  attributes: Attributes,
): string {
  const products = PRODUCTS[op];
  const T = attributes['T']?.value;
  if (precision === 'float32' || products === undefined || T !== 'float32') return graph.add(op, inputs, attributes);
  const narrow = inputs.map((input, i) => (products.includes(i) ? cast(graph, input, 'float32', 'bfloat16') : input));
  return cast(graph, graph.add(op, narrow, { ...attributes, T: typeOf('bfloat16') }), 'bfloat16', 'float32');
}

function cast(graph: Graph, ref: string, from: 'float32' | 'bfloat16', to: 'float32' | 'bfloat16'): string {
  return graph.add('Cast', [ref], { SrcT: typeOf(from), DstT: typeOf(to), Truncate: { kind: 'bool', value: false } });
}
