import { ProblemError } from '../../support/problem.js';
import type { Graph } from './recorded-graph.js';
import { typeOf } from './graph-def.js';
import type { ShapeAttributes, KnownTensor } from './shapes.js';

/**
 * `float32`, or `bfloat16`: mixed precision. Convolutions and matrix products take bfloat16 (8 bits of exponent like float32, 8 of
 * fraction); everything else, including weights, norms, losses and updates, stays float32 (Micikevicius et al. 2018,
 * arXiv:1710.03740; with bfloat16's range no loss scaling is needed, Kalamkar et al. 2019, arXiv:1905.12322).
 *
 * Convolutions to or from a few channels also stay float32: they read images and write images and logits, where lost bits are
 * visible, and they are cheap.
 */
export type Precision = 'float32' | 'bfloat16';

/** The indices of the inputs that are multiplied; the others are shapes. */
const PRODUCTS: Readonly<Record<string, readonly number[]>> = {
  BatchMatMulV2: [0, 1],
  Conv2D: [0, 1],
  Conv2DBackpropFilter: [0, 2],
  Conv2DBackpropInput: [1, 2],
  MatMul: [0, 1],
};

/** Images have three channels, four with alpha; logits one. */
const FEW_CHANNELS = 4;

/**
 * Adds an op, in bfloat16 where that is requested and useful.
 *
 * @param refs references of the inputs @param inputs their known properties
 * @returns the node with the float32 result
 */
export function addWithPrecision(
  graph: Graph,
  precision: Precision,
  op: string,
  refs: readonly string[],
  inputs: readonly KnownTensor[],
  attributes: ShapeAttributes,
): string {
  const products = PRODUCTS[op];
  const narrows = precision === 'bfloat16' && attributes['T']?.value === 'float32' && !meetsFewChannels(op, inputs);
  if (products === undefined || !narrows) return graph.add(op, refs, attributes);
  const narrow = refs.map((ref, i) => (products.includes(i) ? cast(graph, ref, 'float32', 'bfloat16') : ref));
  return cast(graph, graph.add(op, narrow, { ...attributes, T: typeOf('bfloat16') }), 'bfloat16', 'float32');
}

/** oneDNN's status 3: it has no such kernel here. TensorFlow requests one on every processor with AVX-512. */
const NO_KERNEL = /Status: 3, message: could not create a primitive descriptor/;

/**
 * Explains an error of a session: with `ONEDNN_MAX_CPU_ISA` below AVX-512, oneDNN refuses the bfloat16 kernels that TensorFlow requests.
 *
 * @returns a ProblemError `no-bfloat16`; any other error unchanged
 */
export function explainPrecision(error: unknown, precision: Precision, env: NodeJS.ProcessEnv = process.env): unknown {
  if (precision !== 'bfloat16' || !(error instanceof Error) || !NO_KERNEL.test(error.message)) return error;
  const limit = Object.entries(env).find(([name]) => /^(ONEDNN|DNNL)_MAX_CPU_ISA$/.test(name));
  const [why, way] = limit ? [` with ${limit.join('=')}`, `Unset ${limit[0]}, set TF_ENABLE_ONEDNN_OPTS=0 (slower), or use`] : ['', 'Use']; // prettier-ignore
  return new ProblemError({
    code: 'no-bfloat16',
    message: `The engine has no convolutions in bfloat16 on this machine${why}.`,
    cure: `${way} engine.precision: float32 (another experiment than bfloat16).`,
  });
}

/** The second input of all three convolutions is the filter, [h, w, in, out], or its shape. */
function meetsFewChannels(op: string, [, filter]: readonly KnownTensor[]): boolean {
  if (!op.startsWith('Conv2D')) return false;
  const shape = op === 'Conv2DBackpropFilter' ? (filter!.values as Int32Array | undefined) : filter!.shape;
  return shape !== undefined && Math.min(...[...shape].slice(2)) <= FEW_CHANNELS;
}

function cast(graph: Graph, ref: string, from: 'float32' | 'bfloat16', to: 'float32' | 'bfloat16'): string {
  return graph.add('Cast', [ref], { SrcT: typeOf(from), DstT: typeOf(to), Truncate: { kind: 'bool', value: false } });
}
