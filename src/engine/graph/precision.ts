import { ProblemError } from '../../support/problem.js';
import { FEW_CHANNELS, fasterConvolution } from './convolutions.js';
import type { Graph } from './recorded-graph.js';
import { outputOf, typeOf } from './graph-def.js';
import type { RecordingOptions } from './recording.js';
import type { ShapeAttributes, KnownTensor } from './shapes.js';

/**
 * `float32`, or `bfloat16`: mixed precision (Micikevicius et al. 2018, arXiv:1710.03740; with bfloat16's range no loss scaling is needed,
 * Kalamkar et al. 2019, arXiv:1905.12322). Convolutions and matrix products take bfloat16: 8 bits of exponent like float32, 8 of fraction.
 * Their results stay in bfloat16 through norms, activations, padding and residual sums to the next convolution, as do the gradients on the
 * way back, so that no memory is spent on casts. Weights, their gradients' sums and updates, statistics of norms, and losses are float32.
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

/** How an op passes bfloat16 on. Indices are those of inputs. */
interface Passing {
  /** The inputs of its type `T`. */
  readonly typed: readonly number[];
  /** It computes in bfloat16 if all of these are results in bfloat16; by default, the inputs of its type. */
  readonly follows?: readonly number[];
  /** Whether only its first output is of that type; the others are statistics in float32. */
  readonly firstOnly?: boolean;
}

/** The ops between convolutions. A gradient follows the activation that it belongs to. */
const PASSING: Readonly<Record<string, Passing>> = {
  Add: { typed: [0, 1] },
  AddV2: { typed: [0, 1] },
  FusedBatchNormV3: { typed: [0], firstOnly: true },
  FusedBatchNormGradV3: { typed: [0, 1], follows: [1], firstOnly: true },
  LeakyRelu: { typed: [0] },
  LeakyReluGrad: { typed: [0, 1], follows: [1] },
  MirrorPad: { typed: [0] },
  MirrorPadGrad: { typed: [0] },
  PadV2: { typed: [0, 2], follows: [0] },
  Relu: { typed: [0] },
  Reshape: { typed: [0] },
  Slice: { typed: [0] },
  SplitV: { typed: [0] },
};

/** Results that may be parts of a weight's gradient, which is summed in float32. */
const WEIGHT_GRADIENTS = /^(Conv2DBackpropFilter|BatchMatMulV2|MatMul)$/;

/**
 * Adds an op, in bfloat16 where that is requested and useful.
 *
 * @param convolutions where some convolutions are faster in another form: see {@link fasterConvolution}
 * @param refs references of the inputs @param inputs their known properties @param outputs those of the outputs
 * @returns references of the float32 results (those of another type are as they are)
 */
export function addWithPrecision(
  graph: Graph,
  { precision, convolutions }: Pick<RecordingOptions, 'precision' | 'convolutions'>,
  op: string,
  refs: readonly string[],
  inputs: readonly KnownTensor[],
  attributes: ShapeAttributes,
  outputs: readonly KnownTensor[],
): readonly string[] {
  const narrows = precision === 'bfloat16' && attributes['T']?.value === 'float32';
  const narrow = narrows ? narrowed(graph, op, refs, inputs) : undefined;
  if (narrow === undefined) {
    const faster = convolutions && fasterConvolution(graph, convolutions, op, refs, inputs, attributes, outputs[0]!);
    const node = faster ?? graph.add(op, refs, attributes);
    return outputs.map(({ shape }, i) => withShape(graph, outputOf(node, i), shape));
  }
  const node = graph.add(op, narrow, { ...attributes, T: typeOf('bfloat16') });
  return outputs.map(({ shape }, i) => {
    const ref = withShape(graph, outputOf(node, i), shape);
    const isWide = i > 0 && PASSING[op]?.firstOnly === true;
    return isWide ? ref : withShape(graph, cast(graph, ref, 'bfloat16', 'float32'), shape);
  });
}

/** The inputs of an op that computes in bfloat16; undefined where it stays in float32. */
function narrowed(
  graph: Graph,
  op: string,
  refs: readonly string[],
  inputs: readonly KnownTensor[],
): readonly string[] | undefined {
  const products = PRODUCTS[op];
  const typed = products ?? typedInputs(op, refs.length);
  if (typed === undefined) return undefined;
  const useful =
    products === undefined
      ? (PASSING[op]?.follows ?? typed).every((i) => isNarrow(graph, refs[i]!, /^Add/.test(op)))
      : !meetsFewChannels(op, inputs);
  return useful ? refs.map((ref, i) => (typed.includes(i) ? narrowOf(graph, ref) : ref)) : undefined;
}

function typedInputs(op: string, count: number): readonly number[] | undefined {
  // The last input of a concatenation is its axis.
  return op === 'ConcatV2' ? Array.from({ length: count - 1 }, (_, i) => i) : PASSING[op]?.typed;
}

/** Whether a float32 value is a cast from bfloat16. @param added to another */
function isNarrow(graph: Graph, ref: string, added: boolean): boolean {
  const source = sourceOf(graph, ref);
  return source !== undefined && !(added && WEIGHT_GRADIENTS.test(graph.node(source)!.op));
}

/** The value in bfloat16: what it was cast from, if it was. */
const narrowOf = (graph: Graph, ref: string): string =>
  sourceOf(graph, ref) ?? withShape(graph, cast(graph, ref, 'float32', 'bfloat16'), graph.shapes.get(ref));

/** What a cast from bfloat16 casts. */
function sourceOf(graph: Graph, ref: string): string | undefined {
  const node = graph.node(ref);
  return node?.op === 'Cast' && node.attributes['SrcT']?.value === 'bfloat16' ? node.inputs[0] : undefined;
}

function withShape(graph: Graph, ref: string, shape: readonly number[] | undefined): string {
  if (shape !== undefined) graph.shapes.set(ref, shape);
  return ref;
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
